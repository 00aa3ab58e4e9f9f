{#- dbt's cross-database macros, where Trino's words differ. -#}
{% macro trino__any_value(expression) -%}
    min({{ expression }})
{%- endmacro %}


{% macro trino__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}


{% macro trino__array_concat(array_1, array_2) -%}
    concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}


{% macro trino__array_construct(inputs, data_type) -%}
    {{ 'array[ ' ~ inputs | join(' , ') ~ ' ]' if inputs else 'null' }}
{%- endmacro %}


{% macro trino__bool_or(expression) -%}
    bool_or({{ expression }})
{%- endmacro %}


{% macro trino__date_trunc(datepart, date) -%}
    date_trunc('{{ datepart }}', {{ date }})
{%- endmacro %}


{% macro trino__dateadd(datepart, interval, from_date_or_timestamp) -%}
    date_add('{{ datepart }}', {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}


{% macro trino__hash(field) -%}
    lower(to_hex(md5(to_utf8(cast({{ field }} as varchar)))))
{%- endmacro %}


{% macro trino__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set collected = ' array_agg(' ~ measure ~ ' ' ~ (order_by_clause or '') ~ ') ' -%}
    {%- if limit_num -%}
      {%- set collected = ' slice(' ~ collected ~ ', 1, ' ~ limit_num ~ ') ' -%}
    {%- endif -%}
    array_join({{ collected }}, {{ delimiter_text }})
{%- endmacro %}


{% macro trino__right(string_text, length_expression) %}
    case when {{ length_expression }} = 0 then '' else substr({{ string_text }}, -1 * ({{ length_expression }})) end
{%- endmacro -%}


{% macro trino__safe_cast(field, type) -%}
    try_cast({{ field }} as {{ type }})
{%- endmacro %}


{% macro trino__split_part(string_text, delimiter_text, part_number) %}
  {{ default__split_part(string_text, delimiter_text, part_number) if part_number >= 0 else _split_part_negative(string_text, delimiter_text, part_number) }}
{% endmacro %}


{% macro trino__type_float() -%}
    double
{%- endmacro %}


{% macro trino__type_int() -%}
    integer
{%- endmacro %}


{% macro trino__type_numeric() -%}
    decimal(28, 6)
{%- endmacro %}


{% macro trino__type_string() -%}
    varchar
{%- endmacro %}
