{{ config(materialized='table') }}
select
  cast(9007199254740993 as bigint) as big, cast(1.5 as double) as dbl, cast(12345678901234567890.123456789 as decimal(38,9)) as dec,
  true as flag, date '2024-02-29' as day, timestamp '2024-02-29 10:11:12.123456' as moment,
  timestamp '2024-02-29 10:11:12.123456 Europe/Berlin' as zoned, time '10:11:12.123456' as clock,
  uuid '12151fd2-7586-11e9-8f9e-2a86e4085a59' as id, array[1, null, 3] as list, map(array['a'], array[1]) as pairs,
  cast(row(1, 'x') as row(n integer, t varchar)) as pair, '' as empty, 'žluťoučký ''quoted''; 日本' as words, cast(null as varchar) as nothing
