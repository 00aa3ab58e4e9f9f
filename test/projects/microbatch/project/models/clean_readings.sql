{{ config(materialized='view', event_time='taken_at') }}
select id, taken_at, value from {{ source('lab', 'readings') }} where value is not null
