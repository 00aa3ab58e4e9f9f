select 7 as new
