{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', on_schema_change='append_new_columns') }}
select id, patient_id, amount {% if is_incremental() %}+ 1{% endif %} as amount {% if is_incremental() %}, 'x' as extra{% endif %} from {{ ref('visits') }}
{% if is_incremental() %} where id > 2 {% endif %}
