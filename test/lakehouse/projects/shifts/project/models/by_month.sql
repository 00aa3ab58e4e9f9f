{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='month', batch_size='month', begin='2024-11-15',
    incremental_predicates=["n >= 0"], on_schema_change='append_new_columns') }}
select date_trunc('month', seen_at) as month, count(*) as n
  {%- if is_incremental() %}, (select count(*) from {{ this }}) as rows_before{% endif %}
from {{ ref('visits') }}
group by 1
