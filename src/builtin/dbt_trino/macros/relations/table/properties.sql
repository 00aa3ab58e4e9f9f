{#-
  The WITH clause: `properties` as written (raw SQL values), then what `file_format` and `table_format` add.
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
