{{ config(materialized='view') }}
select id * 10 as id, word from {{ ref('first') }}
