{% macro duckdb__get_binding_char() %}
  {{ return(adapter.get_binding_char()) }}
{% endmacro %}


{% macro duckdb__get_batch_size() %}
  {{ return(10000) }}
{% endmacro %}


{#- Replaces in place of dbt's drop and create, so that a killed --full-refresh leaves the old rows. -#}
{% macro duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {% if not full_refresh %}
    {{ return(default__reset_csv_table(model, full_refresh, old_relation, agate_table)) }}
  {% endif %}
  {%- set ddl = 'create or replace table ' ~ this.render() ~ ' ' ~ csv_column_list(model, agate_table) -%}
  {% call statement('_') -%}
    {{ ddl }}
  {%- endcall %}
  {{ return(ddl) }}
{% endmacro %}


{#- DuckDB reads the file itself. `fast: false` sends the rows as bindings, which needs no access to the file. -#}
{% macro duckdb__load_csv_rows(model, agate_table) %}
  {% if not config.get('fast', true) %}
    {{ return(default__load_csv_rows(model, adapter.convert_datetimes_to_strs(agate_table))) }}
  {% endif %}
  {%- set copy_sql -%}
    COPY {{ this.render() }} FROM '{{ adapter.escape_sql_string(adapter.get_seed_file_path(model)) }}' (FORMAT CSV, HEADER TRUE, DELIMITER '{{ config.get('delimiter', ',') }}')
  {%- endset -%}
  {% do adapter.add_query(copy_sql, abridge_sql_log=True) %}
  {{ return(copy_sql) }}
{% endmacro %}
