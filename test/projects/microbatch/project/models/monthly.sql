{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='month', batch_size='month', begin='2024-11-15', lookback=2,
    pre_hook="insert into main.calls values ('before {{ model.batch.id }}')",
    post_hook="insert into main.calls values ('after {{ model.batch.id }}')") }}
select date_trunc('month', taken_at) as month, count(*) as n,
  {% if is_incremental() %}(select count(*) from {{ this }}){% else %}-1{% endif %} as rows_before
from {{ ref('late_readings') }}
group by 1
