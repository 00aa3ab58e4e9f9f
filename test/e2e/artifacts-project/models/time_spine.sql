select 1 as day_number, cast('2025-01-01' as date) as date_day
