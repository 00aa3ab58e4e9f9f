select * from {{ source('files', 'people') }} union all select * from {{ source('files', 'plain') }}
