select * from {{ ref('turn') }}
