{% macro get_quoted_csv(column_names) %}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}
    {%- do quoted.append(adapter.quote(name)) -%}
  {%- endfor -%}
  {% do return(quoted | join(', ')) %}
{% endmacro %}


{#- Columns of the first list whose name is not in the second. Types do not matter here. -#}
{% macro diff_columns(source_columns, target_columns) %}
  {%- set known = target_columns | map(attribute='column') | list -%}
  {%- set result = [] -%}
  {%- for column in source_columns if column.name not in known -%}
    {%- do result.append(column) -%}
  {%- endfor -%}
  {% do return(result) %}
{% endmacro %}


{% macro diff_column_data_types(source_columns, target_columns) %}
  {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{% endmacro %}

{% macro default__diff_column_data_types(source_columns, target_columns) %}
  {%- set result = [] -%}
  {%- for column in source_columns -%}
    {%- set twin = target_columns | selectattr('name', 'equalto', column.name) | list | first -%}
    {%- if twin and column.expanded_data_type != twin.expanded_data_type and not column.can_expand_to(other_column=twin) -%}
      {%- do result.append({'column_name': twin.name, 'new_type': column.expanded_data_type}) -%}
    {%- endif -%}
  {%- endfor -%}
  {% do return(result) %}
{% endmacro %}


{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(merge_update_columns, merge_exclude_columns, dest_columns)) }}
{% endmacro %}

{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {%- do exceptions.raise_compiler_error('merge_update_columns and merge_exclude_columns exclude each other: keep one of them') -%}
  {%- endif -%}
  {%- if merge_update_columns -%}
    {%- do return(merge_update_columns) -%}
  {%- endif -%}
  {%- set excluded = (merge_exclude_columns or []) | map('lower') | list -%}
  {%- set result = [] -%}
  {%- for column in dest_columns if column.column | lower not in excluded -%}
    {%- do result.append(column.quoted) -%}
  {%- endfor -%}
  {% do return(result) %}
{% endmacro %}
