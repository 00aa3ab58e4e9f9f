{#- An engine without indexes answers none here, and the config is without effect. -#}
{% macro get_create_index_sql(relation, index_dict) -%}
  {{ return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) }}
{% endmacro %}

{% macro default__get_create_index_sql(relation, index_dict) -%}
  {{ return(none) }}
{% endmacro %}


{% macro create_indexes(relation) -%}
  {{ adapter.dispatch('create_indexes', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__create_indexes(relation) -%}
  {%- for index_dict in config.get('indexes', default=[]) -%}
    {%- set index_sql = get_create_index_sql(relation, index_dict) -%}
    {%- if index_sql -%}
      {%- do run_query(index_sql) -%}
    {%- endif -%}
  {%- endfor -%}
{% endmacro %}


{% macro get_drop_index_sql(relation, index_name) -%}
  {{ adapter.dispatch('get_drop_index_sql', 'dbt')(relation, index_name) }}
{%- endmacro %}

{% macro default__get_drop_index_sql(relation, index_name) -%}
  {% do exceptions.raise_compiler_error(adapter.type() ~ ' has no get_drop_index_sql') %}
{%- endmacro %}


{% macro get_show_indexes_sql(relation) -%}
  {{ adapter.dispatch('get_show_indexes_sql', 'dbt')(relation) }}
{%- endmacro %}

{% macro default__get_show_indexes_sql(relation) -%}
  {% do exceptions.raise_compiler_error(adapter.type() ~ ' has no get_show_indexes_sql') %}
{%- endmacro %}
