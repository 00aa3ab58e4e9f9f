{#- DuckDB describes a query without running it, which spares dbt's empty temporary table: one statement for three. -#}
{% materialization unit, adapter='duckdb' %}
  {%- set shape = run_query('describe (' ~ get_empty_subquery_sql(sql) ~ ')') -%}
  {%- set columns = [] -%}
  {%- for row in shape -%}
    {%- do columns.append(api.Column(row[0], row[1])) -%}
  {%- endfor -%}
  {% call statement('main', fetch_result=True, auto_begin=False) -%}
    {{ unit_test_main_sql(columns, config.get('expected_rows')) }}
  {%- endcall %}
  {% do return({'relations': []}) %}
{% endmaterialization %}
