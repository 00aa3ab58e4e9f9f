{{ note('c') }} select 'c' as name
