{#
  Rows of a unit test as selects: `get_fixture_sql` for an input (every column of the relation, null
  where the row is silent), `get_expected_sql` for the expectation (only the columns it names).
#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
-- Fixture for {{ model.name }}
{%- set types = column_name_to_data_types or {} -%}
{%- set quoted = {} -%}
{%- if not types -%}
  {#- under --defer the relation may exist only in the other environment -#}
  {%- set relation = defer_relation if defer_relation and not load_relation(this) else this -%}
  {%- for column in adapter.get_columns_in_relation(relation) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
{%- endif -%}
{%- if not types -%}
  {%- do exceptions.raise_compiler_error("The unit test needs the column types of '" ~ model.name ~ "', but " ~ this ~ ' does not exist yet: build it first (`run --empty` will do)') -%}
{%- endif -%}
{%- do validate_fixture_rows(rows, row_number) -%}
{%- set empty_row = {} -%}
{%- for name, type in types.items() -%}
  {%- do empty_row.update({name: safe_cast('null', type) | trim}) -%}
{%- endfor %}
{% for row in rows -%}
  {%- set values = empty_row.copy() -%}
  {%- do values.update(format_row(row, types)) -%}
select {{ select_list_of(values, quoted) }}
{%- if not loop.last %}
union all
{% endif %}
{%- else -%}
select {{ select_list_of(empty_row, quoted) }}
limit 0
{%- endfor %}
{% endmacro %}


{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
{%- for row in rows -%}
select {{ select_list_of(format_row(row, column_name_to_data_types), column_name_to_quoted) }}
{%- if not loop.last %}
union all
{% endif %}
{%- else -%}
select * from dbt_internal_unit_test_actual
limit 0
{%- endfor -%}
{% endmacro %}


{% macro select_list_of(values, names) -%}
  {%- for name, value in values.items() -%}
    {{ value }} as {{ names.get(name, name) }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}


{#- Names are matched without regard to case; strings become literals; everything is cast to its column's type. -#}
{% macro format_row(row, column_name_to_data_types) -%}
  {%- set formatted = {} -%}
  {%- for name, value in row.items() -%}
    {%- set name = name | lower -%}
    {%- if name not in column_name_to_data_types -%}
      {%- set owner = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
      {%- do exceptions.raise_compiler_error(
          "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ owner ~ ".\nAccepted columns for " ~ owner ~ " are: "
          ~ column_name_to_data_types.keys() | join(', ')
      ) -%}
    {%- endif -%}
    {%- set type = column_name_to_data_types[name] -%}
    {%- if value is string -%}
      {#- a length would cut a long value silently -#}
      {%- set type = type.split('(')[0] if 'varying' in type else type -%}
      {%- set value = dbt.string_literal(dbt.escape_single_quotes(value)) -%}
    {%- elif value is none -%}
      {%- set value = 'null' -%}
    {%- endif -%}
    {%- do formatted.update({name: safe_cast(value, type)}) -%}
  {%- endfor -%}
  {{ return(formatted) }}
{%- endmacro %}


{#- A place for engines whose fixtures have rules; does nothing by itself. -#}
{% macro validate_fixture_rows(rows, row_number) -%}
  {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}
