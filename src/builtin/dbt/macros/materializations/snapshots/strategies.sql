{#
  A strategy is a macro snapshot_<name>_strategy that answers, as a dict of SQL fragments: when was a
  row updated, did it change, what is its version's id. `package.name` picks the package.
#}
{% macro strategy_dispatch(name) -%}
  {%- if '.' in name -%}
    {%- set package_name, strategy_name = name.split('.', 1) -%}
    {%- if package_name not in context -%}
      {%- do exceptions.raise_compiler_error("The snapshot strategy '" ~ name ~ "' names a package that is not installed: '" ~ package_name ~ "'") -%}
    {%- endif -%}
    {%- set scope = context[package_name] -%}
  {%- else -%}
    {%- set package_name, strategy_name, scope = none, name, context -%}
  {%- endif -%}
  {%- set macro_name = 'snapshot_' ~ strategy_name ~ '_strategy' -%}
  {%- if macro_name not in scope -%}
    {%- do exceptions.raise_compiler_error("There is no macro '" ~ macro_name ~ "' for the snapshot strategy '" ~ name ~ "'") -%}
  {%- endif -%}
  {{ return(scope[macro_name]) }}
{%- endmacro %}


{#- One hash of several expressions; nulls count as empty. -#}
{% macro snapshot_hash_arguments(args) -%}
  {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}
{%- endmacro %}

{% macro default__snapshot_hash_arguments(args) -%}
    md5(
    {%- for arg in args -%}
        coalesce(cast({{ arg }} as varchar ), '')
        {% if not loop.last %} || '|' || {% endif %}
    {%- endfor -%}
    )
{%- endmacro %}


{#-
  The comparison uses dbt_valid_from, not the user's column: a table that was built by the `check`
  strategy before may have no such column.
-#}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {%- set updated_at = config.get('updated_at') -%}
  {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {% do return(snapshot_strategy_answer(
      updated_at,
      '(' ~ snapshotted_rel ~ '.' ~ columns.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')'
  )) %}
{% endmacro %}


{#- The part that both built-in strategies share. -#}
{% macro snapshot_strategy_answer(updated_at, row_changed) %}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
  {% do return({
      'unique_key': unique_key,
      'updated_at': updated_at,
      'row_changed': row_changed,
      'scd_id': snapshot_hash_arguments(api.Relation.scd_args(unique_key, updated_at)),
      'invalidate_hard_deletes': hard_deletes == 'invalidate',
      'hard_deletes': hard_deletes,
  }) %}
{% endmacro %}


{% macro snapshot_string_as_time(timestamp) -%}
  {{ adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp) }}
{%- endmacro %}

{% macro default__snapshot_string_as_time(timestamp) %}
  {% do exceptions.raise_not_implemented(adapter.type() ~ ' has no snapshot_string_as_time') %}
{% endmacro %}


{#-
  (column_added, columns to compare): only what both sides have can be compared; a column that is new in
  the query makes every row count as changed. The names are asked from the database so that their case
  is the real one. The inner query stands on lines of its own: it may end in a `--` comment.
-#}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
  {%- if not target_exists -%}
    {{ return((false, [])) }}
  {%- endif -%}
  {%- if check_cols_config == 'all' -%}
    {%- set query_columns = get_columns_in_query(node['compiled_code']) -%}
  {%- elif check_cols_config is iterable and check_cols_config | length > 0 -%}
    {%- set probe -%}
            select {{ check_cols_config | join(', ') }} from (
                {{ node['compiled_code'] }}
            ) subq
    {%- endset -%}
    {%- set query_columns = get_columns_in_query(probe) -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error("check_cols is 'all' or a list of columns, not: " ~ check_cols_config) -%}
  {%- endif -%}
  {%- set target_relation = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
  {%- set known = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list -%}
  {%- set shared = [] -%}
  {%- for column in query_columns if column in known -%}
    {%- do shared.append(adapter.quote(column)) -%}
  {%- endfor -%}
  {{ return((shared | length < query_columns | length, shared)) }}
{%- endmacro %}


{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {%- set updated_at = config.get('updated_at') or snapshot_get_time() -%}
  {%- set column_added, check_cols = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}
  {%- set row_changed -%}
    (
    {%- if column_added -%}
        {{ get_true_sql() }}
    {%- else -%}
    {%- for column in check_cols -%}
        {%- set old = snapshotted_rel ~ '.' ~ column -%}
        {%- set new = current_rel ~ '.' ~ column -%}
        {{ old }} != {{ new }}
        or
        (
            (({{ old }} is null) and not ({{ new }} is null))
            or
            ((not {{ old }} is null) and ({{ new }} is null))
        )
        {%- if not loop.last %} or {% endif -%}
    {%- endfor -%}
    {%- endif -%}
    )
  {%- endset -%}
  {% do return(snapshot_strategy_answer(updated_at, row_changed)) %}
{% endmacro %}
