{% macro get_replace_view_sql(relation, sql) %}
  {{ adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql) }}
{% endmacro %}

{% macro default__get_replace_view_sql(relation, sql) %}
  {% do exceptions.raise_compiler_error(adapter.type() ~ ' has no get_replace_view_sql') %}
{% endmacro %}


{#-
  A whole view materialization for engines whose `create or replace view` is atomic and may change the
  columns. The engine's create_view_as has to write that statement.
-#}
{% macro create_or_replace_view() %}
  {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set target_relation = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='view') -%}

  {{ run_hooks(pre_hooks) }}

  {% if old_relation is not none and not old_relation.is_view %}
    {% do handle_existing_table(should_full_refresh(), old_relation) %}
  {% endif %}
  {% call statement('main') -%}
    {{ get_create_view_as_sql(target_relation, sql) }}
  {%- endcall %}
  {% do apply_grants(
      target_relation, config.get('grants'),
      should_revoke=should_revoke(old_relation is not none and old_relation.is_view, full_refresh_mode=True)
  ) %}

  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [target_relation]}) }}
{% endmacro %}


{% macro handle_existing_table(full_refresh, old_relation) %}
  {{ adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation) }}
{% endmacro %}

{% macro default__handle_existing_table(full_refresh, old_relation) %}
  {% do log(old_relation.render() ~ ' is a ' ~ old_relation.type ~ ' and makes room for the view') %}
  {% do adapter.drop_relation(old_relation) %}
{% endmacro %}
