select id from {{ source('raw', 't') }}
