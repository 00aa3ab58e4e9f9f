{% macro set_sql_header(config) -%}
  {{ config.set('sql_header', caller()) }}
{%- endmacro %}


{#- A node's own `full_refresh` beats the flag in both directions: false protects a table from --full-refresh. -#}
{% macro should_full_refresh() %}
  {%- set wish = config.get('full_refresh') -%}
  {% do return(flags.FULL_REFRESH if wish is none else wish) %}
{% endmacro %}


{% macro should_store_failures() %}
  {%- set wish = config.get('store_failures') -%}
  {% do return(flags.STORE_FAILURES if wish is none else wish) %}
{% endmacro %}
