{#- DESCRIBE instead of information_schema.columns: that one loads the catalogs of all attached databases. Lengths and precisions are part of DuckDB's type names. -#}
{% macro duckdb__get_columns_in_relation(relation) -%}
  {% call statement('get_columns_in_relation', fetch_result=True, auto_begin=False) %}
      select
          column_name,
          column_type as data_type,
          null::bigint as character_maximum_length,
          null::bigint as numeric_precision,
          null::bigint as numeric_scale
      from (describe {{ relation.render() }})
  {% endcall %}
  {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{% endmacro %}


{#- The result goes into DESCRIBE (…), where a header cannot stand: it is run by itself, for its effect on the session. -#}
{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {%- if select_sql_header is not none -%}
    {%- do run_query(select_sql_header) -%}
  {%- endif %}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq
    where false
    limit 0
{% endmacro %}


{#- DuckDB takes one action in an ALTER. Column names go through Relation.create, which quotes as the project does. -#}
{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- set iceberg = adapter.is_iceberg(relation.database) -%}
  {%- set table = 'alter ' ~ relation.type ~ ' ' ~ relation.render() -%}
  {% for column in add_columns or [] %}
    {% do run_query(table ~ ' add column ' ~ api.Relation.create(identifier=column.name) ~ ' ' ~ (adapter.iceberg_type(column.dtype) if iceberg else column.data_type)) %}
  {% endfor %}
  {% for column in remove_columns or [] %}
    {% do run_query(table ~ ' drop column ' ~ api.Relation.create(identifier=column.name)) %}
  {% endfor %}
{% endmacro %}


{#- In place: dbt's way (new column, update, drop, rename) cannot be committed in one transaction by DuckDB. -#}
{% macro duckdb__alter_column_type(relation, column_name, new_column_type) -%}
  {% do run_query('alter table ' ~ relation.render() ~ ' alter column ' ~ adapter.quote(column_name) ~ ' type ' ~ new_column_type) %}
{% endmacro %}


{#- The list of a contract's columns, as INSERT wants it. -#}
{% macro get_column_names() %}
    ({{ default__get_column_names() | trim }})
{% endmacro %}
