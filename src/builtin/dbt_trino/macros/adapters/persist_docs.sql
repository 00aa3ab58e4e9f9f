{#- A materialized view takes a comment only where it is created: nothing is to be run for it. -#}
{% macro trino__persist_docs(relation, model, for_relation, for_columns) -%}
  {{ default__persist_docs(relation, model, for_relation and not relation.is_materialized_view, for_columns) }}
{%- endmacro %}


{% macro trino__alter_relation_comment(relation, relation_comment) -%}
  comment on {{ 'view' if relation.is_view else 'table' }} {{ relation.render() }} is '{{ relation_comment | replace("'", "''") }}'
{% endmacro %}


{#- An empty description removes the comment. One statement a column. -#}
{% macro trino__alter_column_comment(relation, column_dict) %}
  {%- for name, column in column_dict.items() %}
    {%- set text = "'" ~ column['description'] | replace("'", "''") ~ "'" if column['description'] else 'null' %}
    comment on column {{ relation.render() }}.{{ adapter.quote(name) if column['quote'] else name }} is {{ text }};
  {%- endfor %}
{% endmacro %}


{#- Written into CREATE TABLE, so that it appears with the table. -#}
{% macro comment(comment) %}
  {%- if config.persist_relation_docs() and comment -%}
    comment '{{ comment | replace("'", "''") }}'
  {%- endif -%}
{%- endmacro -%}


{#- Names are lower case in the catalog, also those that were quoted. -#}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) %}
  {%- set known = existing_column_names | map('lower') | list -%}
  {%- set found = {} -%}
  {%- set missing = [] -%}
  {%- for name, column in column_dict.items() -%}
    {%- if name | lower in known -%}
      {%- do found.update({name | lower: column}) -%}
    {%- else -%}
      {%- do missing.append(name) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if missing -%}
    {%- do exceptions.warn('In relation ' ~ relation.render() ~ ': The following columns are specified in the schema but are not present in the database: ' ~ missing | join(', ')) -%}
  {%- endif -%}
  {{ return(found) }}
{% endmacro %}
