{#
  The rows of `docs generate`: relations joined with their columns. The two queries differ only in
  what they ask for: whole schemas, or named relations.
#}
{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {{ return(duckdb__catalog_query(information_schema, duckdb__get_catalog_schemas_where_clause_sql(schemas))) }}
{%- endmacro %}


{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
  {{ return(duckdb__catalog_query(information_schema, duckdb__get_catalog_relations_where_clause_sql(relations))) }}
{%- endmacro %}


{% macro duckdb__catalog_query(information_schema, where_clause) -%}
  {%- set query %}
    with tables as (
      {{ duckdb__get_catalog_tables_sql(information_schema) }}
      {{ where_clause }}
    ),
    columns as (
      {{ duckdb__get_catalog_columns_sql(information_schema) }}
      {{ where_clause }}
    )
    {{ duckdb__get_catalog_results_sql() }}
  {% endset -%}
  {{ return(run_query(query)) }}
{%- endmacro %}


{% macro duckdb__get_catalog_tables_sql(information_schema) -%}
    {%- set in_database = "lower(database_name) = lower('" ~ information_schema.database ~ "')" -%}
    select *
    from (
        select
            database_name as table_database,
            schema_name as table_schema,
            table_name,
            'BASE TABLE' as table_type,
            comment as table_comment
        from duckdb_tables()
        where {{ in_database }}

        union all

        select
            database_name as table_database,
            schema_name as table_schema,
            view_name as table_name,
            'VIEW' as table_type,
            comment as table_comment
        from duckdb_views()
        where {{ in_database }}
    ) catalog_tables
{%- endmacro %}


{% macro duckdb__get_catalog_columns_sql(information_schema) -%}
    select *
    from (
        select
            database_name as table_database,
            schema_name as table_schema,
            table_name,
            column_name,
            column_index,
            data_type as column_type,
            comment as column_comment
        from duckdb_columns()
        where lower(database_name) = lower('{{ information_schema.database }}')
    ) catalog_columns
{%- endmacro %}


{% macro duckdb__get_catalog_results_sql() -%}
    select
        tables.table_database,
        tables.table_schema,
        tables.table_name,
        tables.table_type,
        tables.table_comment,
        columns.column_name,
        columns.column_index,
        columns.column_type,
        columns.column_comment,
        null as table_owner
    from tables
    join columns using (table_database, table_schema, table_name)
    order by table_schema, table_name, column_index
{%- endmacro %}


{% macro duckdb__get_catalog_schemas_where_clause_sql(schemas) -%}
    {%- set wanted = [] -%}
    {%- for schema in schemas -%}
        {%- do wanted.append("lower(table_schema) = lower('" ~ schema ~ "')") -%}
    {%- endfor -%}
    where {{ '(' ~ wanted | join(' or ') ~ ')' if wanted else 'false' }}
{%- endmacro %}


{% macro duckdb__get_catalog_relations_where_clause_sql(relations) -%}
    {%- set wanted = [] -%}
    {%- for relation in relations -%}
        {%- if not relation.schema -%}
            {%- do exceptions.raise_compiler_error('get_catalog_relations needs the schema of every relation') -%}
        {%- endif -%}
        {%- set in_schema = "lower(table_schema) = lower('" ~ relation.schema ~ "')" -%}
        {%- do wanted.append(
            '(' ~ in_schema ~ " and lower(table_name) = lower('" ~ relation.identifier ~ "'))" if relation.identifier else in_schema
        ) -%}
    {%- endfor -%}
    where {{ '(' ~ wanted | join(' or ') ~ ')' if wanted else 'false' }}
{%- endmacro %}
