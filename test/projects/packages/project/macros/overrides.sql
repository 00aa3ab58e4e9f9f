{% macro generate_schema_name(custom_schema_name, node) -%}
  {%- if custom_schema_name is none -%} {{ target.schema }} {%- else -%} {{ custom_schema_name | trim }} {%- endif -%}
{%- endmacro %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
  {%- if custom_alias_name -%}{{ custom_alias_name }}{%- elif node.resource_type == 'model' -%}{{ node.package_name[0] }}_{{ node.name }}{%- else -%}{{ node.name }}{%- endif -%}
{%- endmacro %}

{# the package's own macro, replaced through the search order #}
{% macro default__shout(text) %}upper({{ text }}) || '!!'{% endmacro %}

{# a macro of dbt itself, replaced for this project #}
{% macro duckdb__hash(field) %}'hash of ' || {{ field }}{% endmacro %}

{% macro test_not_null(model, column_name) %}
select {{ column_name }} from {{ model }} where {{ column_name }} is null and 'overridden' = 'overridden'
{% endmacro %}

{% macro create_view_as(relation, sql) %}
  create view {{ relation }} as
  select *, 'made by an override' as origin from ({{ sql }})
{% endmacro %}

{% macro which() %}root{% endmacro %}

{# a macro of the project that dispatches to the project itself, and refers to a model #}
{% macro newest() %}{{ return(adapter.dispatch('newest', 'packages')()) }}{% endmacro %}
{% macro default__newest() %}(select max(id) from {{ ref('parts') }}){% endmacro %}
