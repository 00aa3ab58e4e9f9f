{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='taken_at', batch_size='day', begin='2025-01-01',
    enabled=var('failing', false)) }}
select id, taken_at, case when taken_at::date = date '2025-01-02' then error('bad day')::int else 1 end as v from {{ ref('clean_readings') }}
