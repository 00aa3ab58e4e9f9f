{#
  First run: the query plus its bookkeeping columns becomes the table. Later runs: a staging
  table holds what changed, and one merge writes it. History is never rebuilt, so
  --full-refresh does not apply here.
#}
{% materialization snapshot, default %}
  {%- set unique_key = config.get('unique_key') -%}
  {% set target_relation_exists, target_relation = get_or_create_relation(
      database=model.database,
      schema=model.schema,
      identifier=model.get('alias', model.get('name')),
      type='table'
  ) %}
  {% if not target_relation.is_table %}
    {% do exceptions.relation_wrong_type(target_relation, 'table') %}
  {% endif %}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {#- the fourth argument is read by nobody any more; strategies of packages still expect it -#}
  {% set strategy_macro = strategy_dispatch(config.get('strategy')) %}
  {% set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', model['config'], target_relation_exists) %}

  {% if not target_relation_exists %}
    {% set described_sql = build_snapshot_table(strategy, model['compiled_code']) %}
    {% set final_sql = create_table_as(False, target_relation, described_sql) %}
  {% else %}
    {% set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
    {% do adapter.assert_valid_snapshot_target_given_strategy(target_relation, columns, strategy) %}

    {% set described_sql = snapshot_staging_table(strategy, sql, target_relation) %}
    {% set staging_table = build_snapshot_staging_table(strategy, sql, target_relation) %}
    {% do adapter.expand_target_column_types(from_relation=staging_table, to_relation=target_relation) %}

    {#- helper columns of the staging table, in either case, which the target must not get -#}
    {% set helper_columns = ['dbt_change_type', 'DBT_CHANGE_TYPE', 'dbt_unique_key', 'DBT_UNIQUE_KEY'] %}
    {% if unique_key | is_list %}
      {% for key in strategy.unique_key %}
        {% do helper_columns.append('dbt_unique_key_' ~ loop.index) %}
        {% do helper_columns.append('DBT_UNIQUE_KEY_' ~ loop.index) %}
      {% endfor %}
    {% endif %}

    {% do create_columns(
        target_relation,
        adapter.get_missing_columns(staging_table, target_relation) | rejectattr('name', 'in', helper_columns) | list
    ) %}
    {% set quoted_columns = [] %}
    {% for column in adapter.get_columns_in_relation(staging_table) if column.name not in helper_columns %}
      {% do quoted_columns.append(adapter.quote(column.name)) %}
    {% endfor %}
    {% set final_sql = snapshot_merge_sql(target=target_relation, source=staging_table, insert_cols=quoted_columns) %}
  {% endif %}

  {#- without `updated_at` both sides of this comparison are snapshot_get_time(): nothing to find -#}
  {% if config.get('updated_at') %}
    {% do check_time_data_types(described_sql) %}
  {% endif %}

  {% call statement('main') %}
    {{ final_sql }}
  {% endcall %}

  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(target_relation_exists, full_refresh_mode=False)) %}
  {% do persist_docs(target_relation, model) %}
  {% if not target_relation_exists %}
    {% do create_indexes(target_relation) %}
  {% endif %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do adapter.commit() %}
  {% if staging_table is defined %}
    {% do post_snapshot(staging_table) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {% do return({'relations': [target_relation]}) %}
{% endmaterialization %}
