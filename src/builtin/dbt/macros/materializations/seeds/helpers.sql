{#- Types are those inferred from the file unless `column_types` says otherwise. Returns the DDL, which ends up in target/run. -#}
{% macro create_csv_table(model, agate_table) -%}
  {{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}
{%- endmacro %}

{% macro default__create_csv_table(model, agate_table) %}
  {%- set ddl = 'create table ' ~ this.render() ~ ' ' ~ csv_column_list(model, agate_table) -%}
  {% call statement('_') -%}
    {{ ddl }}
  {%- endcall %}
  {% do return(ddl) %}
{% endmacro %}

{% macro csv_column_list(model, agate_table) -%}
  {%- set overrides = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', None) -%}
  {%- set parts = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- do parts.append(
        adapter.quote_seed_column(name | string, quoting) ~ ' '
        ~ overrides.get(name, adapter.convert_type(agate_table, loop.index0))
    ) -%}
  {%- endfor -%}
  {% do return('(' ~ parts | join(', ') ~ ')') %}
{%- endmacro %}


{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}
{%- endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {% if full_refresh %}
    {% do adapter.drop_relation(old_relation) %}
    {% do return(create_csv_table(model, agate_table)) %}
  {% endif %}
  {% do adapter.truncate_relation(old_relation) %}
  {% do return('truncate table ' ~ old_relation.render()) %}
{% endmacro %}


{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}
  {{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}
{% endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ create_or_truncate_sql }};
    -- dbt seed --
    {{ insert_sql }}
{% endmacro %}


{% macro get_binding_char() -%}
  {{ adapter.dispatch('get_binding_char', 'dbt')() }}
{%- endmacro %}

{% macro default__get_binding_char() %}
  {{ return('%s') }}
{% endmacro %}


{% macro get_batch_size() -%}
  {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_batch_size() %}
  {{ return(10000) }}
{% endmacro %}


{% macro get_seed_column_quoted_csv(model, column_names) %}
  {%- set quoting = model['config'].get('quote_columns', None) -%}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}
    {%- do quoted.append(adapter.quote_seed_column(name, quoting)) -%}
  {%- endfor -%}
  {% do return(quoted | join(', ')) %}
{% endmacro %}


{% macro load_csv_rows(model, agate_table) -%}
  {{ adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table) }}
{%- endmacro %}

{#- Bound inserts in batches. The first batch's SQL stands for all in target/run. -#}
{% macro default__load_csv_rows(model, agate_table) %}
  {%- set column_csv = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
  {%- set marks = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- do marks.append(get_binding_char()) -%}
  {%- endfor -%}
  {%- set row_of_marks = '(' ~ marks | join(',') ~ ')' -%}
  {%- set statements = [] -%}
  {% for chunk in agate_table.rows | batch(get_batch_size()) %}
    {%- set bindings = [] -%}
    {%- set values = [] -%}
    {% for row in chunk %}
      {%- do bindings.extend(row) -%}
      {%- do values.append(row_of_marks) -%}
    {% endfor %}
    {%- set insert_sql = 'insert into ' ~ this.render() ~ ' (' ~ column_csv ~ ') values\n            ' ~ values | join(',') -%}
    {% do adapter.add_query(insert_sql, bindings=bindings, abridge_sql_log=True) %}
    {% do statements.append(insert_sql) if loop.first %}
  {% endfor %}
  {% do return(statements[0]) %}
{% endmacro %}
