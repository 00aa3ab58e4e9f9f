{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='hour_of', batch_size='hour', begin='2025-01-01T05:00:00',
    concurrent_batches=true, alias='by_hour') }}
select id, date_trunc('hour', taken_at) as hour_of, '{{ model.batch.id if model.batch else "none" }}' as batch
from {{ source('lab', 'readings') }} as r
