{{ config(materialized='table') }}
select 1 as id, 'one' as word, true as is_new
