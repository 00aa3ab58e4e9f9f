{{ remember('colour', 'red') }}
{{ remember('size', 'small') }}
select '{{ recall('colour') }}' as colour, '{{ recall('size') }}' as size, '{{ recall('shape') }}' as shape,
  '{{ '__NOTES__' in context }}' as noted
