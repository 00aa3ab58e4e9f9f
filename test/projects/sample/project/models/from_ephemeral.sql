{{ config(materialized='table') }}
select * from {{ ref('recent_visits') }}
