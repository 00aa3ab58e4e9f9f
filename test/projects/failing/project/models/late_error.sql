select case when i < 5000 then i else error('row ' || i) end as i from range(10000) t(i)
