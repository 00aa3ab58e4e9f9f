{#
  A first run or a full refresh builds the table as `table` does. A later run stages its rows and lets
  the strategy write them, all in one transaction if that takes more than one statement.
#}
{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set full_refresh_mode = should_full_refresh() or existing_relation.is_view -%}
  {%- set rebuilds = existing_relation is none or full_refresh_mode -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% if rebuilds %}
    {% do duckdb__build_relation(existing_relation, target_relation) %}
    {% do create_indexes(target_relation) %}
  {% else %}
    {% set staged_relation = duckdb__increment_table(existing_relation, target_relation) %}
  {% endif %}

  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode)) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do adapter.commit() %}

  {#- a session outlives the model here, so what it holds in memory is given back -#}
  {% if staged_relation is defined %}
    {% do adapter.drop_relation(staged_relation) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {% do return({'relations': [target_relation]}) %}
{% endmaterialization %}


{#- Returns the temporary relation that held the new rows. -#}
{% macro duckdb__increment_table(existing_relation, target_relation) %}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set strategy = config.get('incremental_strategy') or 'default' -%}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set staged_relation = duckdb__stage_rows(target_relation, strategy, unique_key, on_schema_change) -%}

  {% do adapter.expand_target_column_types(from_relation=staged_relation, to_relation=target_relation) %}
  {% set dest_columns = process_schema_changes(on_schema_change, staged_relation, existing_relation)
      or adapter.get_columns_in_relation(existing_relation) %}

  {% set strategy_macro = adapter.get_incremental_strategy_macro(context, strategy) %}
  {% set write_sql = strategy_macro({
      'target_relation': target_relation,
      'temp_relation': staged_relation,
      'unique_key': unique_key,
      'dest_columns': dest_columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none),
  }) %}
  {#- a semicolon inside means: more than one statement, perhaps (a literal may hold one; then BEGIN does no harm) -#}
  {% call statement('main', auto_begin=(duckdb__has_company() or ';' in write_sql)) -%}
    {{ write_sql }}
  {%- endcall %}
  {{ return(staged_relation) }}
{% endmacro %}


{#-
  The new rows, as a temporary table. A temporary view does as well, and spares writing every row twice,
  if the strategy reads its source once and the source cannot change on the way:
    - append and merge are one statement; so is delete+insert without a key;
    - the table must not be altered (on_schema_change) under a query that reads it;
    - what Python gives is no query;
    - a PIVOT that finds its columns in the data cannot be in a view.
  Where columns may be altered, the transaction begins here, so that a failed write takes them back.
-#}
{% macro duckdb__stage_rows(target_relation, strategy, unique_key, on_schema_change) %}
  {%- set placed = duckdb__dispatch_temporary_relation(target_relation, adapter.batch_id_for_model(model)) -%}
  {%- set reads_once = strategy in ['append', 'merge'] or (strategy in ['default', 'delete+insert'] and not unique_key) -%}
  {%- set stays_same = on_schema_change == 'ignore' or this.render() not in compiled_code -%}
  {%- set fits_view = 'pivot' not in compiled_code | lower and not config.get('contract').enforced -%}
  {%- set is_query = model['language'] == 'sql' -%}
  {%- set as_view = is_query and placed.temporary and reads_once and stays_same and fits_view -%}
  {%- set staged_relation = placed.relation.incorporate(type='view') if as_view else placed.relation -%}
  {% call statement('stage', auto_begin=on_schema_change != 'ignore', language=model['language']) -%}
    {%- if as_view -%}
    {{ config.get('sql_header', none) or '' }}
    create temporary view {{ staged_relation }} as (
      {{ compiled_code }}
    );
    {%- else -%}
    {{ create_table_as(placed.temporary, placed.relation, compiled_code, model['language'], partitioned_by=none, sorted_by=none) }}
    {%- endif -%}
  {%- endcall %}
  {{ return(staged_relation) }}
{% endmacro %}
