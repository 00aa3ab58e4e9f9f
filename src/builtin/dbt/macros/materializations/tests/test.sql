{#
  A test is a count over its failing rows. With store_failures the rows are written first and counted
  there. Dropping the last run's failures and writing the new ones is one string on purpose: both
  happen or neither.
#}
{% materialization test, default %}
  {%- set relations = [] -%}
  {%- set header = (config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none) or '' -%}
  {%- set failing_rows = get_limit_subquery_sql(sql, config.get('limit')) -%}

  {% if should_store_failures() %}
    {%- set kind = config.get('store_failures_as') or 'table' -%}
    {% if kind not in ['table', 'view'] %}
      {% do exceptions.raise_compiler_error(
          "'" ~ kind ~ "' is not a valid value of store_failures_as. Accepted values are: ['ephemeral', 'table', 'view']"
      ) %}
    {% endif %}
    {%- set target_relation = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type=kind) -%}
    {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
    {% call statement(auto_begin=True) %}
      {{ header }}
      {% if old_relation %}{{ get_drop_sql(old_relation) }};{% endif %}
      {{ get_create_sql(target_relation, failing_rows) }}
    {% endcall %}
    {% if old_relation %}
      {% do adapter.cache_dropped(old_relation) %}
    {% endif %}
    {% do adapter.commit() %}
    {% do relations.append(target_relation) %}
    {%- set counted = 'select * from ' ~ target_relation -%}
  {% else %}
    {%- set counted = failing_rows -%}
  {% endif %}

  {% call statement('main', fetch_result=True) -%}
    {{ header }}
    {#- the limit is in `counted` already -#}
    {{ get_test_sql(counted, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
  {%- endcall %}

  {% do return({'relations': relations}) %}
{% endmaterialization %}
