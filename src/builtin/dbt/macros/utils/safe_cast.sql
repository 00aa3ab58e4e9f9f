{#- Null instead of an error where an engine can; where it cannot, a plain cast. -#}
{% macro safe_cast(field, type) -%}
  {{ return(adapter.dispatch('safe_cast', 'dbt')(field, type)) }}
{%- endmacro %}

{% macro default__safe_cast(field, type) %}
    cast({{ field }} as {{ type }})
{% endmacro %}
