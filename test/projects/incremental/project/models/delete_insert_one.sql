{{ config(incremental_strategy='delete+insert', unique_key='id') }}
{{ events() }} {% if is_incremental() %} where id >= 2 {% endif %}
