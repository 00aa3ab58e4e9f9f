{{ config(materialized='table') }}
-- depends_on: {{ ref('parent') }}
select 'one' as word, i::integer as id, 99.5::decimal(4,2) as price from range(3) t(i)
