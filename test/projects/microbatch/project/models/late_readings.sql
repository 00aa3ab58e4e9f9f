{{ config(materialized='ephemeral', event_time='taken_at') }}
select * from {{ source('lab', 'readings') }}
