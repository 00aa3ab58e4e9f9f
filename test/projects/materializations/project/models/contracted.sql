{{ config(materialized='table') }}
-- depends_on: {{ ref('parent') }}
select 'one' as word, 1 as id, 1.5::decimal(4,2) as price
