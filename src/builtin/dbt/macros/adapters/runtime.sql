{#- For packages that branch on the generation of the runner. -#}
{% macro is_core_v2() -%}
  {{ return((dbt_version.split('.') | first) | int == 2) }}
{%- endmacro %}
