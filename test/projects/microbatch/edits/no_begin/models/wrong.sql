{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='taken_at', batch_size='day') }}
select * from {{ ref('clean_readings') }}
