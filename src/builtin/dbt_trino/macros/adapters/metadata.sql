{% macro trino__information_schema_name(database) -%}
  {{ adapter.quote(database) ~ '.' if database }}information_schema
{%- endmacro %}


{% macro trino__list_schemas(database) -%}
  {{ return(run_query('select schema_name from ' ~ information_schema_name(database) ~ '.schemata')) }}
{% endmacro %}


{% macro trino__check_schema_exists(information_schema, schema) -%}
  {%- set query %}
    select count(*)
    from {{ information_schema_name(information_schema.database) }}.schemata
    where schema_name = '{{ schema | lower }}'
  {%- endset -%}
  {{ return(run_query(query)) }}
{% endmacro %}


{#- Materialized views are tables to information_schema; only system.metadata tells them apart. -#}
{% macro trino__list_relations_without_caching(schema_relation) %}
  {%- set catalog = schema_relation.database | lower -%}
  {%- set schema = schema_relation.schema | lower -%}
  {%- set query %}
    select
      t.table_catalog as database,
      t.table_name as name,
      t.table_schema as schema,
      case
        when m.name is not null then 'materialized_view'
        when t.table_type = 'VIEW' then 'view'
        else 'table'
      end as table_type
    from {{ information_schema_name(schema_relation.database) }}.tables t
    left join system.metadata.materialized_views m
      on m.catalog_name = '{{ catalog }}' and m.schema_name = '{{ schema }}' and m.name = t.table_name
    where t.table_schema = '{{ schema }}'
  {%- endset -%}
  {{ return(run_query(query)) }}
{% endmacro %}


{#- One row an overload: name, return type, argument types. -#}
{% macro list_functions_in_schema(relation) %}
  {{ return(run_query('show functions from ' ~ relation.without_identifier())) }}
{% endmacro %}


{% macro trino__get_catalog(information_schema, schemas) -%}
  {{ return(trino__catalog_where(information_schema, "c.table_schema in ('" ~ schemas | join("', '") | lower ~ "')")) }}
{%- endmacro %}


{% macro trino__get_catalog_relations(information_schema, relations) -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- set own = "c.table_schema = '" ~ relation.schema | lower ~ "'" -%}
    {%- do conditions.append('(' ~ own ~ (" and c.table_name = '" ~ relation.identifier | lower ~ "'" if relation.identifier else '') ~ ')') -%}
  {%- endfor -%}
  {{ return(trino__catalog_where(information_schema, '(' ~ conditions | join(' or ') ~ ')')) }}
{%- endmacro %}


{% macro trino__catalog_where(information_schema, condition) -%}
  {%- set source = information_schema_name(information_schema.database) -%}
  {%- set query %}
    select
      c.table_catalog as table_database, c.table_schema, c.table_name, t.table_type, null as table_owner,
      c.column_name, c.ordinal_position as column_index, c.data_type as column_type, c.comment as column_comment,
      o.comment as table_comment
    from {{ source }}.columns c
    join {{ source }}.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    left join system.metadata.table_comments o
      on o.catalog_name = c.table_catalog and o.schema_name = c.table_schema and o.table_name = c.table_name
    where c.table_schema <> 'information_schema' and {{ condition }}
    order by c.table_schema, c.table_name, c.ordinal_position
  {%- endset -%}
  {{ return(run_query(query)) }}
{%- endmacro %}


{#-
  When an Iceberg table was last written, from its snapshots: no data is read. What was written to a branch is not in
  the table's history, and a compaction ('replace') brings no new rows. Where every other snapshot has expired, the
  oldest one left says at least how new the rows cannot be.
-#}
{% macro trino__get_relation_last_modified(information_schema, relations) -%}
  {%- call statement('last_modified', fetch_result=True, auto_begin=False) -%}
    {%- for relation in relations %}
    select
      '{{ relation.schema | replace("'", "''") }}' as "schema",
      '{{ relation.identifier | replace("'", "''") }}' as identifier,
      coalesce(max(s.committed_at) filter (where s.operation <> 'replace'), min(s.committed_at)) as last_modified,
      {{ current_timestamp() }} as snapshotted_at
    from {{ trino__metadata_table(relation, 'snapshots') }} s
    join {{ trino__metadata_table(relation, 'history') }} h on h.snapshot_id = s.snapshot_id and h.is_current_ancestor
    {{- ' union all' if not loop.last }}
    {%- endfor %}
  {%- endcall -%}
  {{ return(load_result('last_modified')) }}
{%- endmacro %}


{#- "t$snapshots", "t$history" …: what Iceberg knows of a table stands beside it. -#}
{% macro trino__metadata_table(relation, name) -%}
  {{ relation.without_identifier() }}.{{ adapter.quote(relation.identifier ~ '$' ~ name) }}
{%- endmacro %}
