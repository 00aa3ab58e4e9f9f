{#
  One batch = delete the window by event_time, insert the window. The rows are filtered again at the
  insert, because an input without an event_time of its own is not filtered by the runner.
#}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) -%}
  {%- set event_time = config.get('event_time') -%}
  {%- if not event_time -%}
    {%- do exceptions.raise_compiler_error('A microbatch model needs event_time, the column that its batches are cut by') -%}
  {%- endif -%}
  {%- if config.get('unique_key') -%}
    {%- do exceptions.raise_compiler_error(
        "microbatch replaces whole batches and does not support 'unique_key'. "
        ~ "Remove the key, or upsert with incremental_strategy='merge'."
    ) -%}
  {%- endif -%}
  {%- set batch = model.get('batch') or {} -%}
  {%- if not (batch.get('event_time_start') and batch.get('event_time_end')) -%}
    {%- do exceptions.raise_compiler_error('A microbatch model was run without the bounds of a batch') -%}
  {%- endif -%}

  {%- set target = arg_dict['target_relation'] -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set window -%}
    {{ event_time }} >= '{{ batch.get('event_time_start') }}'
        and {{ event_time }} < '{{ batch.get('event_time_end') }}'
  {%- endset -%}
  {%- set write_sql %}
    delete from {{ target }}
    where {{ window }}
    {%- for predicate in normalize_incremental_predicates(arg_dict.get('incremental_predicates')) %}
        and ({{ predicate }})
    {%- endfor %};

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
    where {{ window }};
  {% endset -%}
  {{ return(write_sql) }}
{%- endmacro %}
