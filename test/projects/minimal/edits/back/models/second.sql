{{ config(materialized='table') }}
select id * 10 as id, word from {{ ref('first') }}
