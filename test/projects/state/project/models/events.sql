select * from {{ source('out', 'events') }}
