{% macro get_replace_materialized_view_sql(relation, sql) %}
  {{ adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql) }}
{% endmacro %}

{% macro default__get_replace_materialized_view_sql(relation, sql) %}
  {% do exceptions.raise_compiler_error(adapter.type() ~ ' has no get_replace_materialized_view_sql') %}
{% endmacro %}
