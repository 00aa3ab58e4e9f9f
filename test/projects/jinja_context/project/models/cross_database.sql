{{ config(materialized='table') }}
select
  {{ dbt.dateadd('day', 3, "date '2024-01-30'") }} as d1, {{ dbt.dateadd('quarter', -1, "timestamp '2024-01-30 10:00:00'") }} as d2, {{ dbt.dateadd(datepart='week', interval='1', from_date_or_timestamp="date '2024-01-30'") }} as d3,
  {{ dbt.datediff("date '2024-01-30'", "date '2024-03-01'", 'month') }} as f1, {{ dbt.datediff("'2024-01-30'", "'2024-03-01'", 'week') }} as f2, {{ dbt.datediff("'2024-01-30'", "'2024-03-01'", 'hour') }} as f3,
  {{ dbt.date_trunc('month', "date '2024-03-15'") }} as t1, {{ dbt.last_day("date '2024-02-10'", 'month') }} as l1, {{ dbt.date(2024, 2, 9) }} as m1,
  {{ dbt.safe_cast("'1'", dbt.type_int()) }} as c1, {{ dbt.cast("1", dbt.type_string()) }} as c2, {{ dbt.cast_bool_to_text("true") }} as c3, {{ dbt.hash("'a'") }} as h1,
  {{ dbt.split_part("'a-b-c'", "'-'", 2) }} as s1, {{ dbt.split_part("'a-b-c'", "'-'", -1) }} as s2, {{ dbt.replace("'aba'", "'a'", "'x'") }} as r1, {{ dbt.right("'abc'", 2) }} as r2, {{ dbt.length("'abc'") }} as n1,
  {{ dbt.position("'b'", "'abc'") }} as p1, {{ dbt.concat(["'a'", "'b'", "'c'"]) }} as k1, {{ dbt.string_literal("x") }} as k2, '{{ dbt.escape_single_quotes("it's") }}' as k3,
  {{ dbt.array_construct([1, 2]) }} as a1, {{ dbt.array_construct([], 'integer') }} as a2, {{ dbt.array_append(dbt.array_construct([1]), 2) }} as a3, {{ dbt.array_concat(dbt.array_construct([1]), dbt.array_construct([2])) }} as a4,
  (select {{ dbt.listagg('x', "'|'", 'order by x desc') }} from (values ('a'), ('b')) t(x)) as g1, (select {{ dbt.listagg('x', "'|'", 'order by x', 1) }} from (values ('a'), ('b')) t(x)) as g2,
  (select {{ dbt.any_value('x') }} from (values (1)) t(x)) as g3, (select {{ dbt.bool_or('x') }} from (values (true), (false)) t(x)) as g4,
  (select count(*) from ({{ dbt.date_spine('day', "date '2024-01-01'", "date '2024-01-10'") }})) as sp, (select max(generated_number) from ({{ dbt.generate_series(7) }})) as gs,
  (select count(*) from (select 1 {{ dbt.except() }} select 1)) as ex, (select count(*) from (select 1 {{ dbt.intersect() }} select 1)) as it,
  {{ dbt.current_timestamp() }} is not null as now, '{{ dbt.get_powers_of_two(9) }}' as pw, '{{ dates_in_range("20240101", "20240103") | join(",") }} {{ partition_range("20240101,20240102") | join("+") }}' as dr,
  {{ equals('1', '1') }} as eq
