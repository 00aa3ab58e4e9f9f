{#- Where an `external` model goes unless it says so: a file named after it, or a folder when partitioned. -#}
{% macro external_location(relation, config) -%}
  {{- adapter.external_root() }}/{{ relation.identifier -}}
  {%- if config.get('options', {}).get('partition_by') is none -%}
    .{{ config.get('format', 'parquet') }}
  {%- endif -%}
{%- endmacro %}
