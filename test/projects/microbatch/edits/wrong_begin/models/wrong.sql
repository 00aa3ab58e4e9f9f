{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='taken_at', batch_size='day', begin='someday') }}
select * from {{ ref('clean_readings') }}
