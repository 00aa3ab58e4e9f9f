{% macro convert_datetime(date_str, date_fmt) %}
  {%- set message -%}
    '{{ date_str }}' is not a date in the format '{{ date_fmt }}'
  {%- endset -%}
  {% do return(try_or_compiler_error(message, modules.datetime.datetime.strptime, date_str.strip(), date_fmt)) %}
{% endmacro %}


{#- Both ends are included. Without out_fmt the datetimes themselves are returned. -#}
{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt="%Y%m%d", out_fmt="%Y%m%d") %}
  {%- set first = convert_datetime(start_date_str, in_fmt) -%}
  {%- set last = first if end_date_str is none else convert_datetime(end_date_str, in_fmt) -%}
  {%- set span = (last - first).days -%}
  {%- if span < 0 -%}
    {%- do exceptions.raise_compiler_error('The range ends (' ~ last ~ ') before it starts (' ~ first ~ ')', model) -%}
  {%- endif -%}
  {%- set dates = [] -%}
  {%- for offset in range(span + 1) -%}
    {%- set day = first + modules.datetime.timedelta(days=offset) -%}
    {%- do dates.append(day.strftime(out_fmt) if out_fmt else day) -%}
  {%- endfor -%}
  {% do return(dates) %}
{% endmacro %}


{#- '20260101' or '20260101,20260131' -#}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') %}
  {%- set ends = (raw_partition_date | string).split(',') -%}
  {%- if ends | length > 2 -%}
    {%- do exceptions.raise_compiler_error('A partition is one date, or two with a comma between: ' ~ raw_partition_date) -%}
  {%- endif -%}
  {% do return(dates_in_range(ends[0], ends[1] if ends | length == 2 else none, in_fmt=date_fmt)) %}
{% endmacro %}


{% macro py_current_timestring() %}
  {% do return(modules.datetime.datetime.now().strftime('%Y%m%d%H%M%S%f')) %}
{% endmacro %}
