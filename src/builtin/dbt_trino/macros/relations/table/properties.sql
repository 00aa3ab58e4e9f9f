{#-
  The WITH clause: `properties` as written (raw SQL values), then what `file_format` and `table_format` add, and what
  catalogs.yml says of tables where the node says nothing.
  A table built beside another one needs a place of its own.
-#}
{% macro properties(temporary=False) %}
  {%- set all = {} -%}
  {%- do all.update(config.get('properties') or {}) -%}
  {%- for key, option in {'format': 'file_format', 'type': 'table_format'}.items() if config.get(option) -%}
    {%- if key in all -%}
      {%- do exceptions.raise_compiler_error("You can specify either '" ~ option ~ "' or 'properties." ~ key ~ "' configurations, but not both.") -%}
    {%- endif -%}
    {%- do all.update({key: "'" ~ config.get(option) ~ "'"}) -%}
  {%- endfor -%}
  {%- set catalog = adapter.build_catalog_relation(config.model) or {} -%}
  {%- for key, value in {'format': catalog.file_format, 'type': catalog.table_format, 'location': catalog.storage_uri}.items() if value and not all.get(key) -%}
    {%- do all.update({key: "'" ~ value ~ "'"}) -%}
  {%- endfor -%}
  {%- if temporary and all.get('location') -%}
    {%- do all.update({'location': all['location'][:-1] ~ "__dbt_tmp'"}) -%}
  {%- endif -%}
  {%- if all -%}
    WITH (
      {%- for key, value in all.items() %}
      {{ key }} = {{ value }}{{ ',' if not loop.last }}
      {%- endfor %}
    )
  {%- endif -%}
{%- endmacro -%}
