{{ config(incremental_strategy='append') }}
{{ events() }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
