{% macro duckdb_escape_comment(comment) -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('A description is a text, not: ' ~ comment) -%}
  {%- endif -%}
  '{{ adapter.escape_sql_string(comment) }}'
{%- endmacro %}


{#- Iceberg has no comments of its own; Trino and Spark keep a table's in this property. -#}
{% macro duckdb__alter_relation_comment(relation, comment) %}
  {%- if adapter.is_iceberg(relation.database) -%}
    {{ return("call set_iceberg_table_properties(" ~ relation ~ ", {'comment': " ~ duckdb_escape_comment(comment) ~ "})") }}
  {%- endif %}
  comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(comment) }};
{% endmacro %}


{#- All columns in one string of statements. The names come filtered from persist_docs; a direct caller may pass any. -#}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
  {%- if adapter.is_iceberg(relation.database) -%}
    {%- do adapter.warn_once('persist_docs: DuckDB cannot write the descriptions of columns into an Iceberg catalog') -%}
    {{ return('') }}
  {%- endif -%}
  {%- set existing = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
  {%- for name, column in column_dict.items() if name in existing %}
  comment on column {{ relation.render() }}.{{ adapter.quote(name) if column['quote'] else name }} is {{ duckdb_escape_comment(column['description']) }};
  {%- endfor %}
{% endmacro %}
