select 1 as id, 'Ada' as first_name, 'L' as last_name
