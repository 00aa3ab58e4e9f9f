select 2 as more
