{#- As dbt's, but the old table stays until the new one holds every row. -#}
{% materialization seed, adapter='trino' %}
  {%- set agate_table = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set on_table_exists = trino__on_table_exists(['rename', 'drop', 'replace']) -%}
  {% do trino__heal(target_relation) %}

  {{ run_hooks(pre_hooks) }}

  {%- set old_relation = load_cached_relation(this) -%}
  {% if old_relation is not none and old_relation.is_view %}
    {% do exceptions.raise_compiler_error(old_relation.render() ~ ' is a view; drop it, or give the seed another name') %}
  {% endif %}
  {%- set beside = old_relation is not none and on_table_exists == 'rename' -%}
  {%- set built = make_intermediate_relation(target_relation) if beside else target_relation -%}
  {% if old_relation is not none and on_table_exists == 'drop' %}
    {% do adapter.drop_relation(old_relation) %}
  {% endif %}

  {%- set table_sql = trino__create_csv_table(model, agate_table, on_table_exists, built) -%}
  {%- set row_count = agate_table.rows | length -%}
  {%- set rows_sql = trino__load_csv_rows(model, agate_table, built) if row_count > 0 else '' -%}
  {% if beside %}
    {%- set backup_relation = make_backup_relation(target_relation, old_relation.type) -%}
    {% do adapter.rename_relation(old_relation, backup_relation) %}
    {% do adapter.rename_relation(built, target_relation) %}
    {% do adapter.drop_relation(backup_relation) %}
  {% endif %}

  {%- set code = 'CREATE' if should_full_refresh() else 'INSERT' -%}
  {% call noop_statement('main', code ~ ' ' ~ row_count, code, row_count) %}
    {{ get_csv_sql(table_sql, rows_sql) }};
  {% endcall %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(old_relation, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}

  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
