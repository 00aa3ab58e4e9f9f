{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='taken_at', batch_size='day', begin='2025-01-01', lookback=1) }}
select id, taken_at, value, '{{ model.batch.event_time_start if model.batch else "" }}' <> '' as in_batch from {{ ref('clean_readings') }}
