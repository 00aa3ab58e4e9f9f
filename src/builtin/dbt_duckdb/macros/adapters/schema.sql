{#
  Attached databases of other systems have rules of their own: SQLite knows only `main`, MySQL's
  schemas are databases. For the target's own database there is nothing to ask. A schema of an Iceberg catalog is
  committed at once: DuckDB 1.5 forgets one that shares its transaction with a table.
#}
{% macro duckdb__create_schema(relation) -%}
  {%- set apart = adapter.is_iceberg(relation.database) -%}
  {%- set kind = 'duckdb' if apart or relation.database == target.database else duckdb__database_type(relation.database) -%}
  {% if kind == 'sqlite' and relation.schema != 'main' %}
    {% do exceptions.raise_compiler_error("SQLite has one schema, main, and not '" ~ relation.schema ~ "'") %}
  {% endif %}
  {% if apart %}
    {% do adapter.commit() %}
  {% endif %}
  {% if kind not in ['sqlite', 'mysql'] %}
    {% call statement('create_schema', auto_begin=not apart) -%}
      create schema if not exists {{ relation.without_identifier() }}
    {%- endcall %}
  {% endif %}
{% endmacro %}


{% macro duckdb__database_type(database) %}
  {%- set found = run_query(
      "select type from duckdb_databases() where lower(database_name) = '" ~ adapter.escape_sql_string(database | lower) ~ "'"
  ) -%}
  {{ return(found[0][0] if found | length > 0 else 'duckdb') }}
{% endmacro %}


{% macro duckdb__drop_schema(relation) -%}
  {% call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall %}
{% endmacro %}
