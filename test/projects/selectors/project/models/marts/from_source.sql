select * from {{ source('outside', 'thing') }}
