{#
  For on-run-start in a database that starts empty (`:memory:`): gives the external models that this
  run reads and does not build a view on the file that an earlier run left.
#}
{% macro register_upstream_external_models() -%}
  {% if not execute %}
    {{ return('') }}
  {% endif %}
  {%- set wanted = {} -%}
  {%- for selected in selected_resources if selected in graph['nodes'] -%}
    {%- for parent in graph['nodes'][selected]['depends_on']['nodes'] if parent not in selected_resources -%}
      {%- do wanted.update({parent: graph['nodes'].get(parent)}) -%}
    {%- endfor -%}
  {%- endfor -%}

  {%- set schemas = [] -%}
  {% for node in wanted.values() if node and node.resource_type in ('model', 'seed') and node.config.materialized == 'external' %}
    {%- set relation = api.Relation.create(database=node['database'], schema=node['schema'], identifier=node['alias']) -%}
    {%- set location = node.config.get('location', external_location(relation, node.config)) -%}
    {%- set read_location = adapter.external_read_location(location, render_write_options(node.config)) -%}
    {% call statement('main') -%}
      {%- if relation.schema not in schemas %}
      create schema if not exists {{ relation.without_identifier() }};
      {%- endif %}
      create or replace view {{ relation }} as (
        select * from '{{ read_location }}'
      );
    {%- endcall %}
    {%- do schemas.append(relation.schema) -%}
  {% endfor %}
  {% if schemas %}
    {% do adapter.commit() %}
  {% endif %}
{%- endmacro %}
