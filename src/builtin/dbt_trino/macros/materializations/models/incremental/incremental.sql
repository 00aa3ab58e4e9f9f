{#-
  The new rows are a view while one statement reads them once; a table where delete and insert must see the same rows.
-#}
{% macro get_incremental_tmp_relation_type(strategy, unique_key, language) %}
  {%- set read_once = strategy in ('default', 'append', 'merge') or unique_key is none -%}
  {{ return('view' if language == 'sql' and config.get('views_enabled', true) and read_once and strategy != 'insert_overwrite' else 'table') }}
{% endmacro %}


{% materialization incremental, adapter='trino', supported_languages=['sql'] %}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set strategy = config.get('incremental_strategy') or 'default' -%}
  {%- set strategy_macro = adapter.get_incremental_strategy_macro(context, strategy) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set on_table_exists = trino__on_table_exists(['rename', 'drop', 'replace']) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set temp_type = get_incremental_tmp_relation_type(strategy, unique_key, model['language']) -%}
  {%- set temp_relation = make_temp_relation(this).incorporate(type=temp_type) -%}
  {% do trino__heal(target_relation) %}
  {%- set shaped_relation = make_temp_relation(this, '__dbt_tmp_by_name').incorporate(type='view' if config.get('views_enabled', true) else 'table') -%}
  {% do drop_relation_if_exists(load_cached_relation(temp_relation)) %}
  {% do drop_relation_if_exists(load_cached_relation(shaped_relation)) %}

  {{ run_hooks(pre_hooks) }}

  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set rebuilds = existing_relation is none or not existing_relation.is_table or should_full_refresh() -%}
  {% if rebuilds %}
    {#- As in dbt-trino, a first run only creates; it is the table materialization that always says `or replace`. -#}
    {% do on_table_exists_logic(
        on_table_exists if existing_relation is not none else 'rename',
        existing_relation,
        make_intermediate_relation(target_relation),
        make_backup_relation(target_relation, existing_relation.type if existing_relation else 'table'),
        target_relation
    ) %}
  {% else %}
    {% call statement('create_tmp_relation') -%}
      {{ create_view_as(temp_relation, compiled_code) if temp_type == 'view' else create_table_as(True, temp_relation, compiled_code) }}
    {%- endcall %}
    {% set changed_columns = process_schema_changes(on_schema_change, temp_relation, existing_relation) %}
    {% set dest_columns = changed_columns or adapter.get_columns_in_relation(existing_relation) %}
    {% set is_shaped = changed_columns and trino__shape_by_name(temp_relation, shaped_relation, changed_columns, existing_relation) %}
    {% call statement('main') -%}
      {{ strategy_macro({
          'target_relation': target_relation,
          'temp_relation': shaped_relation if is_shaped else temp_relation,
          'unique_key': unique_key,
          'dest_columns': dest_columns,
          'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none),
      }) }}
    {%- endcall %}
    {% do adapter.drop_relation(shaped_relation) if is_shaped %}
    {% do adapter.drop_relation(temp_relation) %}
  {% endif %}

  {{ run_hooks(post_hooks) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, rebuilds)) %}
  {% do persist_docs(target_relation, model) %}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
