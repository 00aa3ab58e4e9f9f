{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen_at', batch_size='day', begin='2024-12-30') }}
select id + 100 as id, seen_at, ward, '{{ model.batch.id }}' as batch from {{ ref('visits') }}
