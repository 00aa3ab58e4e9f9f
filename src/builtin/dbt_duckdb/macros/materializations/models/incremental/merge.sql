{#
  MERGE INTO with DuckDB's extensions. Without options: update and insert BY NAME. The merge_* options
  shape those two clauses; `merge_clauses` replaces them by any list of clauses.
#}
{% macro duckdb__get_incremental_merge_sql(args_dict) %}
  {{ return(duckdb__get_merge_sql(
      args_dict['target_relation'], args_dict['temp_relation'], args_dict['unique_key'], args_dict['dest_columns'],
      normalize_incremental_predicates(args_dict.get('incremental_predicates'))
  )) }}
{% endmacro %}


{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- set predicates = normalize_incremental_predicates(incremental_predicates) -%}
  {%- do validate_merge_config(config, target) -%}
  {%- set update_columns = config.get('merge_update_columns') or [] -%}
  {%- set exclude_columns = config.get('merge_exclude_columns') or [] -%}
  {%- set set_expressions = config.get('merge_update_set_expressions') or {} -%}
  {%- set defaults = merge_clause_defaults(
      config.get('merge_update_condition'), config.get('merge_insert_condition'),
      update_columns, exclude_columns, set_expressions
  ) -%}
  {%- set by_default = {
      'when_matched': [
          defaults.when_matched_update_explicit if update_columns or exclude_columns or set_expressions
          else defaults.when_matched_update_by_name
      ],
      'when_not_matched': [defaults.when_not_matched_insert_by_name],
  } -%}
  {%- set clauses = config.get('merge_clauses') or {} -%}
  {%- set returning = config.get('merge_returning_columns') or [] -%}
  {{ config.get('sql_header', none) or '' }}

    MERGE INTO {{ target }} AS DBT_INTERNAL_DEST
        USING {{ source }} AS DBT_INTERNAL_SOURCE
        {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns'), predicates) }}
    {%- for clause in clauses.get('when_matched', by_default['when_matched']) %}
    WHEN MATCHED {{ duckdb__merge_condition(clause) }} THEN
        {{ duckdb__merge_matched_action(clause, dest_columns) }}
    {%- endfor %}
    {%- for clause in clauses.get('when_not_matched', by_default['when_not_matched']) %}
    WHEN NOT MATCHED {{ 'BY ' ~ clause.get('by') | upper if clause.get('by') }} {{ duckdb__merge_condition(clause) }} THEN
        {{ duckdb__merge_not_matched_action(clause) }}
    {%- endfor %}
    {%- if returning %}
    RETURNING {{ returning if returning is string else returning | join(', ') }}
    {%- endif %}
{% endmacro %}


{#- USING replaces the key; predicates narrow either form. Without any key nothing matches. -#}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
  {%- set predicates = [] + (incremental_predicates or []) -%}
  {%- if merge_on_using_columns -%}
        USING ({{ merge_on_using_columns | join(', ') }})
        {%- if predicates %}
        ON ({{ predicates | join(') AND (') }})
        {%- endif -%}
  {%- else -%}
    {%- set matches = [] -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key or []) -%}
      {%- do matches.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
        ON ({{ ((matches or ['FALSE']) + predicates) | join(') AND (') }})
  {%- endif -%}
{%- endmacro %}


{% macro duckdb__merge_condition(clause) -%}
  {%- set condition = clause.get('condition') -%}
  {%- if condition -%}
    AND {{ condition if condition is string else '(' ~ condition | join(') AND (') ~ ')' }}
  {%- endif -%}
{%- endmacro %}


{% macro duckdb__merge_matched_action(clause, dest_columns) -%}
  {%- set action, mode = clause.get('action'), clause.get('mode') -%}
  {%- if action != 'update' -%}
        {{ duckdb__merge_other_action(clause) }}
  {%- elif mode == 'by_name' -%}
        UPDATE BY NAME
  {%- elif mode == 'by_position' -%}
        UPDATE BY POSITION
  {%- elif mode == 'star' -%}
        UPDATE SET *
  {%- elif mode == 'explicit' -%}
    {%- set update = clause.get('update', {}) -%}
    {%- set expressions = update.get('set_expressions') or {} -%}
    {%- set parts = [] -%}
    {%- for column, expression in expressions.items() -%}
      {%- do parts.append(column ~ ' = ' ~ expression) -%}
    {%- endfor -%}
    {%- for column in get_merge_update_columns(update.get('include', []), update.get('exclude', []), dest_columns)
          if column.replace('"', '').replace("'", '') not in expressions -%}
      {%- do parts.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
    {%- endfor -%}
        UPDATE SET {{ parts | join(', ') }}
  {%- endif -%}
{%- endmacro %}


{% macro duckdb__merge_not_matched_action(clause) -%}
  {%- set action, mode = clause.get('action'), clause.get('mode') -%}
  {%- if action == 'update' -%}
        UPDATE SET {% for column, expression in clause.get('set_expressions', {}).items() %}{{ column }} = {{ expression }}{{ ', ' if not loop.last }}{% endfor %}
  {%- elif action != 'insert' -%}
        {{ duckdb__merge_other_action(clause) }}
  {%- elif mode == 'by_name' -%}
        INSERT BY NAME
  {%- elif mode == 'by_position' -%}
        INSERT BY POSITION
  {%- elif mode == 'star' -%}
        INSERT *
  {%- elif mode == 'explicit' -%}
    {%- set insert = clause.get('insert', {}) -%}
        INSERT ({{ insert.get('columns', []) | join(', ') }})
        VALUES ({{ insert.get('values', []) | join(', ') }})
  {%- endif -%}
{%- endmacro %}


{% macro duckdb__merge_other_action(clause) -%}
  {%- set action = clause.get('action') -%}
  {%- if action == 'delete' -%}
        DELETE
  {%- elif action == 'do_nothing' -%}
        DO NOTHING
  {%- elif action == 'error' -%}
        ERROR {{ "'" ~ clause.get('error_message') | replace("'", "''") ~ "'" if clause.get('error_message') }}
  {%- endif -%}
{%- endmacro %}
