{#- dbt counts the borders crossed; Trino's date_diff counts whole units. So both ends are cut to the unit first. -#}
{% macro trino__datediff(first_date, second_date, datepart) -%}
    {%- set parts = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'] -%}
    {%- if datepart not in parts -%}
      {%- if execute -%}
        {%- do exceptions.raise_compiler_error("Unsupported datepart for macro datediff in Trino: '" ~ datepart ~ "'") -%}
      {%- endif -%}
    {%- endif -%}
    {%- set first = 'cast(' ~ first_date ~ ' as timestamp)' -%}
    {%- set second = 'cast(' ~ second_date ~ ' as timestamp)' -%}
    {%- if datepart == 'week' -%}
      {#- weeks begin on Sunday, as dbt's own tests want it; Trino's begin on Monday -#}
      date_diff('week', date_trunc('week', {{ first }} + interval '1' day), date_trunc('week', {{ second }} + interval '1' day))
    {%- elif datepart == 'millisecond' -%}
      date_diff('millisecond', {{ first }}, {{ second }})
    {%- else -%}
      date_diff('{{ datepart }}', date_trunc('{{ datepart }}', {{ first }}), date_trunc('{{ datepart }}', {{ second }}))
    {%- endif -%}
{%- endmacro %}
