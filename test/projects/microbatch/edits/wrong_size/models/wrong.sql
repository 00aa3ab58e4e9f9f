{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='taken_at', batch_size='week', begin='2025-01-01') }}
select * from {{ ref('clean_readings') }}
