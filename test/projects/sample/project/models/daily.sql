{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='taken_at', batch_size='day', begin='2025-01-01') }}
select id, taken_at, '{{ model.batch.id if model.batch else "" }}' as batch from {{ ref('from_source') }}
