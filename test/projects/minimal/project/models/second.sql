{{ config(materialized='table') }}
-- every row twice
select id * 10 as id, word from {{ ref('first') }}
union all
select id, word from {{ ref("first") }}
