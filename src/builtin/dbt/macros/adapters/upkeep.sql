{#-
  The statements that keep a table in shape after a run wrote it, by the model's config `iceberg_upkeep`. The runner asks
  for them before the model is built, so that a wrong config is told at once, and sends them after its hooks.
  An engine without such statements has nothing to do: one project may run on several.
-#}
{% macro get_iceberg_upkeep_sql(relation, upkeep) %}
  {{ return(adapter.dispatch('get_iceberg_upkeep_sql', 'dbt')(relation, upkeep)) }}
{% endmacro %}

{% macro default__get_iceberg_upkeep_sql(relation, upkeep) %}
  {{ return([]) }}
{% endmacro %}
