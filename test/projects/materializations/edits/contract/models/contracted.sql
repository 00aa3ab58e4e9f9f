{{ config(materialized='table') }}
-- depends_on: {{ ref('parent') }}
select 'one' as word, 'text' as id, 1.5::decimal(4,2) as price, 1 as extra
