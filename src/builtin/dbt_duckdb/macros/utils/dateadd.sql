{#- `interval (<expression>) day` does not parse, so a unit interval is multiplied. Quarter is no unit of an interval literal. -#}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) %}
    {%- set part = datepart | lower -%}
    {%- set factor, unit = {'quarter': (3, 'month'), 'week': (7, 'day')}.get(part, (none, part)) -%}
    {%- set count = 'cast(' ~ interval ~ ' as bigint)' -%}
    {%- set amount = count if factor is none else '(' ~ count ~ ' * ' ~ factor ~ ')' %}
    ({{ from_date_or_timestamp }} + {{ amount }} * interval 1 {{ unit }})
{%- endmacro %}
