{{ config(materialized='table') }}
select 5 as id, 'five' as word
