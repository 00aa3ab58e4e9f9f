{#- A config that may be one string or a list of them, as a list. -#}
{% macro normalize_string_or_list(raw, field_name) -%}
  {%- if raw is none -%}
    {{ return([]) }}
  {%- elif raw is string -%}
    {{ return([raw]) }}
  {%- elif raw is mapping or raw is not sequence -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' is a text or a list of texts, not: ' ~ raw) -%}
  {%- endif -%}
  {%- for item in raw if item is not string -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' is a list of texts; this is none: ' ~ item) -%}
  {%- endfor -%}
  {{ return(raw | list) }}
{%- endmacro %}
