{{ config(materialized='table', event_time='taken_at') }}
select * from {{ source('lab', 'readings') }}
