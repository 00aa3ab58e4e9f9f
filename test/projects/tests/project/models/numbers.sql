select i as id, i % 3 as "Mod Three", case when i < 8 then 'n' || i end as name, i * 1.5 as price, date '2025-01-01' + i::integer as day
from range(10) t(i)
