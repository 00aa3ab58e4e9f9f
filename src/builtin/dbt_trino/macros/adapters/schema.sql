{#- Starburst Galaxy keeps functions in galaxy.functions, which always exists and which nobody may create. -#}
{% macro is_galaxy_functions_schema(relation) %}
  {{ return(relation.database | lower == 'galaxy' and relation.schema | lower == 'functions') }}
{% endmacro %}


{% macro trino__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    {{ 'select 1' if is_galaxy_functions_schema(relation) else 'create schema if not exists ' ~ relation.without_identifier() }}
  {%- endcall -%}
{% endmacro %}


{#- Not every connector cascades, so what the schema holds is dropped one by one; functions outlive it otherwise. -#}
{% macro trino__drop_schema(relation) -%}
  {% for row in list_relations_without_caching(relation) %}
    {% do drop_relation(api.Relation.create(database=row[0], schema=row[2], identifier=row[1], type=row[3])) %}
  {% endfor %}
  {% for row in list_functions_in_schema(relation) %}
    {%- call statement('drop_function') -%}
      drop function if exists {{ relation.without_identifier() }}.{{ adapter.quote(row[0] | replace('"', '""')) }}({{ row[2] }})
    {%- endcall -%}
  {% endfor %}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }}
  {% endcall %}
{% endmacro %}


{% macro trino__generate_schema_name(custom_schema_name, node) -%}
  {%- set in_galaxy = node is not none and node.database | lower == 'galaxy' -%}
  {%- if in_galaxy and custom_schema_name is not none and custom_schema_name | trim | lower == 'functions' -%}
    {{ custom_schema_name | trim }}
  {%- else -%}
    {{ default__generate_schema_name(custom_schema_name, node) }}
  {%- endif -%}
{%- endmacro %}
