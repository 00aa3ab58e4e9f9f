{#- The types of the expected rows are those of the tested query, learnt from an empty copy of it. -#}
{% materialization unit, default %}
  {%- set expected_rows = config.get('expected_rows') -%}
  {%- set temp_relation = make_temp_relation(this.incorporate(type='table')) -%}
  {% do run_query(get_create_table_as_sql(True, temp_relation, get_empty_subquery_sql(sql))) %}
  {% call statement('main', fetch_result=True) -%}
    {{ unit_test_main_sql(adapter.get_columns_in_relation(temp_relation), expected_rows) }}
  {%- endcall %}
  {% do adapter.drop_relation(temp_relation) %}
  {% do return({'relations': []}) %}
{% endmaterialization %}


{#- Only the columns that the expectation names are compared. -#}
{% macro unit_test_main_sql(actual_columns, expected_rows) %}
  {%- set types = {} -%}
  {%- set quoted = {} -%}
  {%- for column in actual_columns -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
  {%- set compared = [] -%}
  {%- for name in (expected_rows[0].keys() if expected_rows else quoted) -%}
    {%- do compared.append(quoted[name | lower]) -%}
  {%- endfor -%}
  {%- set expected_sql = config.get('expected_sql') or get_expected_sql(expected_rows, types, quoted) -%}
  {{ (config.get('sql_header') or '') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS }}
  {{ get_unit_test_sql(sql, expected_sql, compared) }}
{% endmacro %}
