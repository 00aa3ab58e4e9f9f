{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen_at', batch_size='day', begin='2024-12-31', concurrent_batches=false, views_enabled=false,
    enabled=var('failing', false)) }}
select seen_at, 1 / (id - 4) as n from {{ ref('visits') }}
