{#-
  Borders crossed, as dbt counts: years by their numbers, finer parts by the coarser one and what is left. The text is
  dbt-trino's, so that compiled SQL stays the same for who compares it.
-#}
{% macro trino__datediff(first_date, second_date, datepart) -%}
    {%- set first = 'CAST(' ~ first_date ~ ' AS TIMESTAMP)' -%}
    {%- set second = 'CAST(' ~ second_date ~ ' AS TIMESTAMP)' -%}
    {%- set coarser = {'quarter': ('year', 4), 'month': ('year', 12), 'hour': ('day', 24), 'minute': ('hour', 60), 'second': ('minute', 60)} -%}
    {%- if datepart == 'year' -%}
      (year({{ second }}) - year({{ first }}))
    {%- elif datepart in ('quarter', 'month') -%}
      {%- set outer, size = coarser[datepart] -%}
      ({{ datediff(first_date, second_date, outer) }} * {{ size }}) + {{ datepart }}({{ second }}) - {{ datepart }}({{ first }})
    {%- elif datepart == 'day' -%}
      ((to_milliseconds((CAST({{ second }} AS DATE) - CAST({{ first }} AS DATE)))) / 86400000)
    {%- elif datepart == 'week' -%}
      ({{ datediff(first_date, second_date, 'day') }} / 7 + case
        when dow({{ first }}) <= dow({{ second }}) then
          case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
        else
          case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
      end)
    {%- elif datepart in coarser -%}
      {%- set outer, size = coarser[datepart] -%}
      ({{ datediff(first_date, second_date, outer) }} * {{ size }} + {{ datepart }}({{ second }}) - {{ datepart }}({{ first }}))
    {%- elif datepart == 'millisecond' -%}
      (to_milliseconds(({{ second }} - {{ first }})))
    {%- elif execute -%}
      {%- do exceptions.raise_compiler_error("Unsupported datepart for macro datediff in Trino: '" ~ datepart ~ "'") -%}
    {%- endif -%}
{%- endmacro %}
