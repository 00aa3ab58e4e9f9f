{{ config(incremental_strategy='append') }}
{% if is_incremental() %}
select id + 100 as id, kind from {{ this }} where id < 100
{% else %}
select id, kind from main.events
{% endif %}
