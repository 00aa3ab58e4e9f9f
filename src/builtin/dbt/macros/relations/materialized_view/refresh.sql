{% macro refresh_materialized_view(relation) %}
  {%- do log('Applying REFRESH to: ' ~ relation) -%}
  {{ adapter.dispatch('refresh_materialized_view', 'dbt')(relation) }}
{% endmacro %}

{% macro default__refresh_materialized_view(relation) %}
  {% do exceptions.raise_compiler_error(adapter.type() ~ ' has no refresh_materialized_view') %}
{% endmacro %}
