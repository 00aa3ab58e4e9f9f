{{ config(materialized='table', event_time='Taken At') }}
select id, taken_at as "Taken At" from {{ ref('clean_readings') }}
