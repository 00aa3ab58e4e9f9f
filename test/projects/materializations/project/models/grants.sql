{{ config(materialized='table', grants={'select': ['someone']}) }}
select 1 as id
