{% macro duckdb__get_binding_char() %}
  {{ return(adapter.get_binding_char()) }}
{% endmacro %}


{% macro duckdb__get_batch_size() %}
  {{ return(10000) }}
{% endmacro %}


{#- In an Iceberg catalog the rows go into a local table first: duckdb__load_csv_rows writes them on. -#}
{% macro duckdb__create_csv_table(model, agate_table) %}
  {% if not adapter.is_iceberg(this.database) %}
    {{ return(default__create_csv_table(model, agate_table)) }}
  {% endif %}
  {{ return(duckdb__stage_seed(model, agate_table, none)) }}
{% endmacro %}


{% macro duckdb__stage_seed(model, agate_table, existing_relation) %}
  {% do adapter.commit() %}
  {%- set staged_relation = duckdb__staged_seed() -%}
  {%- set ddl = 'create or replace temporary table ' ~ staged_relation ~ ' ' ~ csv_column_list(model, agate_table) -%}
  {% call statement('_', auto_begin=False) -%}
    {{ ddl }}
  {%- endcall %}
  {#- nobody loads a seed without rows -#}
  {% if agate_table.rows | length == 0 %}
    {% do duckdb__write_staged_seed() %}
  {% endif %}
  {{ return(ddl) }}
{% endmacro %}


{% macro duckdb__staged_seed() %}
  {{ return(api.Relation.create(identifier=this.identifier ~ '__dbt_seed', type='table')) }}
{% endmacro %}


{% macro duckdb__write_staged_seed() %}
  {%- set staged_relation = duckdb__staged_seed() -%}
  {% do duckdb__write_iceberg_table(load_cached_relation(this), this.incorporate(type='table'), staged_relation) %}
  {% do adapter.drop_relation(staged_relation) %}
{% endmacro %}


{#-
  Replaces in place of dbt's drop and create, so that a killed --full-refresh leaves the old rows. A table with
  keys is replaced always: DuckDB refuses a key that the same transaction deleted.
-#}
{% macro duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {% if adapter.is_iceberg(this.database) %}
    {{ return(duckdb__stage_seed(model, agate_table, old_relation)) }}
  {% endif %}
  {% if not full_refresh and not duckdb__has_keys(old_relation) %}
    {{ return(default__reset_csv_table(model, full_refresh, old_relation, agate_table)) }}
  {% endif %}
  {%- set ddl = 'create or replace table ' ~ this.render() ~ ' ' ~ csv_column_list(model, agate_table) -%}
  {% call statement('_') -%}
    {{ ddl }}
  {%- endcall %}
  {% if not full_refresh %}
    {#- the materialization does it for new tables and with --full-refresh #}
    {% do create_indexes(this.incorporate(type='table')) %}
  {% endif %}
  {{ return(ddl) }}
{% endmacro %}


{% macro duckdb__has_keys(relation) %}
  {%- set place -%}
    where database_name = '{{ adapter.escape_sql_string(relation.database) }}'
      and schema_name = '{{ adapter.escape_sql_string(relation.schema) }}'
      and table_name = '{{ adapter.escape_sql_string(relation.identifier) }}'
  {%- endset -%}
  {% call statement('keys', fetch_result=True, auto_begin=False) -%}
    select 1 from duckdb_indexes() {{ place }} and is_unique
    union all
    select 1 from duckdb_constraints() {{ place }} and constraint_type in ('PRIMARY KEY', 'UNIQUE')
  {%- endcall %}
  {{ return(load_result('keys').table.rows | length > 0) }}
{% endmacro %}


{#- DuckDB reads the file itself. `fast: false` sends the rows as bindings, which needs no access to the file. -#}
{% macro duckdb__load_csv_rows(model, agate_table) %}
  {%- set iceberg = adapter.is_iceberg(this.database) -%}
  {% if not iceberg and not config.get('fast', true) %}
    {{ return(default__load_csv_rows(model, adapter.convert_datetimes_to_strs(agate_table))) }}
  {% endif %}
  {%- set copy_sql -%}
    COPY {{ duckdb__staged_seed() if iceberg else this.render() }} FROM '{{ adapter.escape_sql_string(adapter.get_seed_file_path(model)) }}' (FORMAT CSV, HEADER TRUE, DELIMITER '{{ config.get('delimiter', ',') }}')
  {%- endset -%}
  {% do adapter.add_query(copy_sql, abridge_sql_log=True, auto_begin=not iceberg) %}
  {% if iceberg %}
    {% do duckdb__write_staged_seed() %}
  {% endif %}
  {{ return(copy_sql) }}
{% endmacro %}
