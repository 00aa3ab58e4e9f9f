{#- `system.` on purpose: an attached Postgres or MySQL has an information_schema of its own that would be found first. -#}
{% macro duckdb__list_schemas(database) -%}
  {%- set query %}
    select schema_name
    from system.information_schema.schemata
    {%- if database is not none %}
    where lower(catalog_name) = '{{ database | lower }}'
    {%- endif %}
  {% endset -%}
  {{ return(run_query(query)) }}
{% endmacro %}


{% macro duckdb__check_schema_exists(information_schema, schema) -%}
  {%- set query %}
    select count(*)
    from system.information_schema.schemata
    where lower(catalog_name) = '{{ information_schema.database | lower }}'
      and lower(schema_name) = '{{ schema | lower }}'
  {% endset -%}
  {{ return(run_query(query)) }}
{% endmacro %}


{% macro duckdb__list_relations_without_caching(schema_relation) %}
  {% call statement('list_relations_without_caching', fetch_result=True, auto_begin=False) -%}
    select
      '{{ schema_relation.database }}' as database,
      table_name as name,
      table_schema as schema,
      case table_type
        when 'VIEW' then 'view'
        when 'BASE TABLE' then 'table'
        when 'LOCAL TEMPORARY' then 'table'
      end as type
    from system.information_schema.tables
    where lower(table_schema) = '{{ schema_relation.schema | lower }}'
      and lower(table_catalog) = '{{ schema_relation.database | lower }}'
  {% endcall %}
  {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}


{#- When tables of an Iceberg catalog were last written: no data is read. A compaction ('replace') brings no new rows. -#}
{% macro duckdb__get_relation_last_modified(information_schema, relations) -%}
  {%- call statement('last_modified', fetch_result=True, auto_begin=False) -%}
    {%- for relation in relations %}
    select
      '{{ adapter.escape_sql_string(relation.schema) }}' as schema,
      '{{ adapter.escape_sql_string(relation.identifier) }}' as identifier,
      max(timestamp_ms) filter (where operation <> 'replace') as last_modified,
      now() at time zone 'UTC' as snapshotted_at
    from iceberg_snapshots({{ relation }})
    {{- ' union all' if not loop.last }}
    {%- endfor %}
  {%- endcall -%}
  {{ return(load_result('last_modified')) }}
{%- endmacro %}
