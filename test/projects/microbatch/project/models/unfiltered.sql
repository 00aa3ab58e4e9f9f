{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='taken_at', batch_size='day', begin='2025-01-01', concurrent_batches=true) }}
select count(*) as n, min(taken_at) as taken_at from {{ ref('clean_readings').render() }} where taken_at >= '2025-01-02'
