{#- DELETE takes no alias, so the names stand in full. -#}
{% macro trino__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- set conditions = [] -%}
    {%- if unique_key and unique_key is string -%}
      {%- do conditions.append('(' ~ unique_key ~ ') in (select ' ~ unique_key ~ ' from ' ~ source ~ ')') -%}
    {%- elif unique_key -%}
      {%- set matches = [] -%}
      {%- for key in unique_key -%}
        {%- do matches.append(target ~ '.' ~ key ~ ' = ' ~ source ~ '.' ~ key) -%}
      {%- endfor -%}
      {%- do conditions.append('exists (select 1 from ' ~ source ~ ' where ' ~ matches | join(' and ') ~ ')') -%}
    {%- endif -%}
    {%- if conditions %}
    delete from {{ target }}
    where {{ (conditions + (incremental_predicates or [])) | join('\n      and ') }};
    {%- endif %}

    insert into {{ target }} ({{ columns }})
    (
        select {{ columns }}
        from {{ source }}
    )
{%- endmacro %}


{#- Without a key nothing can match: the rows are added. -#}
{% macro trino__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- if not unique_key -%}
      {{ return(get_insert_into_sql(target, source, dest_columns)) }}
    {%- endif -%}
    {%- set conditions = [] + (incremental_predicates or []) -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key) -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
    {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')).split(', ') %}
    {{ config.get('sql_header', none) or '' }}
    merge into {{ target }} as DBT_INTERNAL_DEST
        using {{ source }} as DBT_INTERNAL_SOURCE
        on ({{ conditions | join(') and (') }})
    when matched then update set
        {% for column in get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
          {{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}
        {%- endfor %}
    when not matched then insert
        ({{ columns | join(', ') }})
    values
        (DBT_INTERNAL_SOURCE.{{ columns | join(', DBT_INTERNAL_SOURCE.') }})
{%- endmacro %}


{#-
  Replaces the partitions that the new rows belong to (`partition_by`, a column or expression or a list; else the
  columns that `properties.partitioning` names), or the whole table where nothing says how it is parted.
-#}
{% macro trino__get_incremental_insert_overwrite_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set source = arg_dict['temp_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set parts = trino__partition_expressions() -%}
    {%- set conditions = [] + (arg_dict['incremental_predicates'] or []) -%}
    {%- if parts -%}
      {%- set row = parts | join(', ') -%}
      {%- do conditions.append('(' ~ row ~ ') in (select distinct ' ~ row ~ ' from ' ~ source ~ ')') -%}
    {%- endif %}
    delete from {{ target }}
    {{ 'where ' ~ conditions | join(' and ') if conditions }};

    insert into {{ target }} ({{ columns }})
    (
        select {{ columns }}
        from {{ source }}
    )
{% endmacro %}


{#- Iceberg's month(day) and the like part by an expression; a bucket is only known by its column. -#}
{% macro trino__partition_expressions() %}
  {%- set given = config.get('partition_by') or config.get('partitioned_by') -%}
  {%- if given -%}
    {{ return([given] if given is string else given | list) }}
  {%- endif -%}
  {%- set written = (config.get('properties') or {}).get('partitioning') or (config.get('properties') or {}).get('partitioned_by') or '' -%}
  {%- set found = [] -%}
  {%- for entry in modules.re.findall("'([^']+)'", written) -%}
    {%- set call = modules.re.match('(?i)^(year|month|day|hour)\\((.+)\\)$', entry | trim) -%}
    {%- set other = modules.re.match('^\\w+\\(([^,]+).*\\)$', entry | trim) -%}
    {%- if call -%}
      {%- do found.append("date_trunc('" ~ call.group(1) | lower ~ "', " ~ call.group(2) ~ ')') -%}
    {%- else -%}
      {%- do found.append(other.group(1) if other else entry | trim) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(found) }}
{% endmacro %}


{% macro trino__get_incremental_microbatch_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set conditions = [] + (arg_dict.get('incremental_predicates') or []) -%}
    {%- for bound, sign in {'start': '>=', 'end': '<'}.items() -%}
      {%- set moment = model.config.get('__dbt_internal_microbatch_event_time_' ~ bound) -%}
      {%- if moment -%}
        {%- do conditions.append(model.config.event_time ~ ' ' ~ sign ~ " timestamp '" ~ moment ~ "'") -%}
      {%- endif -%}
    {%- endfor %}
    delete from {{ target }}
    where {{ conditions | join(' and ') }};

    insert into {{ target }} ({{ columns }})
    (
        select {{ columns }}
        from {{ arg_dict['temp_relation'] }}
    )
{% endmacro %}
