select id, {{ var('size') }} as size, '{{ which() }}' as made_in, '{{ model.package_name }}' as package from {{ ref('parts') }}
