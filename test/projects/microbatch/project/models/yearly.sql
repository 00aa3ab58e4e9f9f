{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='taken', batch_size='year', begin='2024-01-01', full_refresh=false) }}
select "Taken At" as taken, id from {{ ref('quoted') }}
union all
select "Taken At", -1 from {{ ref('quoted').render() }} where id = 0
