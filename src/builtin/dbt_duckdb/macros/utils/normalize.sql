{#- A config that may be one string or a list of them, as a list. -#}
{% macro normalize_string_or_list(raw, field_name) -%}
  {%- if raw is none -%}
    {{ return([]) }}
  {%- elif raw is string -%}
    {{ return([raw]) }}
  {%- elif raw is mapping or raw is not sequence -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' must be a list of strings or a string, not: ' ~ raw) -%}
  {%- endif -%}
  {%- for item in raw if item is not string -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' list values must be non-empty strings, not: ' ~ item) -%}
  {%- endfor -%}
  {{ return(raw | list) }}
{%- endmacro %}
