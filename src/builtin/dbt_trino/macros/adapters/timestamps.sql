{% macro trino__current_timestamp() -%}
    current_timestamp
{%- endmacro %}


{% macro trino__snapshot_string_as_time(timestamp) %}
  {{ return("timestamp '" ~ timestamp ~ "'") }}
{% endmacro %}
