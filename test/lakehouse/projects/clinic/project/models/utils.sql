{{ config(materialized='table') }}
select
  {{ datediff("timestamp '2023-12-31 23:59:59'", "timestamp '2024-01-01 00:00:00'", 'year') }} as years,
  {{ datediff("date '2024-01-31'", "date '2024-02-01'", 'month') }} as months,
  {{ datediff("date '2024-01-05'", "date '2024-01-08'", 'week') }} as weeks,
  {{ datediff("timestamp '2024-01-01 10:59:00'", "timestamp '2024-01-01 11:01:00'", 'hour') }} as hours,
  {{ dateadd('day', 3, "date '2024-02-27'") }} as later,
  {{ date_trunc('month', "timestamp '2024-02-27 10:00:00'") }} as month_start,
  {{ last_day("date '2024-02-10'", 'month') }} as month_end,
  {{ split_part("'a|b|c'", "'|'", 2) }} as second, {{ split_part("'a|b|c'", "'|'", -1) }} as last_part,
  {{ right("'abcdef'", 3) }} as tail, {{ hash("'x'") }} as hashed, {{ safe_cast("'oops'", api.Column.translate_type('integer')) }} as safe,
  {{ concat(["'a'", "'b'"]) }} as glued, {{ position("'b'", "'abc'") }} as place, {{ length("'abc'") }} as len,
  {{ string_literal(escape_single_quotes("it's")) }} as literal, {{ bool_or('true') }} as any_true, {{ any_value('1') }} as any_one,
  {{ array_append(array_construct(['1', '2']), '3') }} as list
