{{ note('b') }} select 'b' as name
