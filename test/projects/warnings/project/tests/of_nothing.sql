select * from {{ ref('nonexistent') }}
