{{ note('a') }} select 'a' as name
