{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen_at', batch_size='hour', begin='2025-01-01', concurrent_batches=false) }}
select id, seen_at from {{ ref('visits') }}
