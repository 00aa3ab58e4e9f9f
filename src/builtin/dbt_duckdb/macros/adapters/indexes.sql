{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) %}
  create {{ 'unique' if index.unique }} index "{{ index.render(relation) }}" on {{ relation }} ({{ index.columns | join(', ') }});
{%- endmacro %}


{#- For packages that rename tables, which DuckDB refuses while an index stands on them. Reads without opening a transaction. -#}
{% macro drop_indexes_on_relation(relation) -%}
  {% call statement('get_indexes_on_relation', fetch_result=True, auto_begin=False) %}
    select index_name
    from duckdb_indexes()
    where database_name = '{{ adapter.escape_sql_string(relation.database) }}'
      and schema_name = '{{ adapter.escape_sql_string(relation.schema) }}'
      and table_name = '{{ adapter.escape_sql_string(relation.identifier) }}'
  {% endcall %}
  {% for row in load_result('get_indexes_on_relation').table %}
    {% do run_query('drop index "' ~ relation.database ~ '"."' ~ relation.schema ~ '"."' ~ row[0] ~ '"') %}
  {% endfor %}
{%- endmacro %}
