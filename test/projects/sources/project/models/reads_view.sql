select * from {{ ref('reads_raw') }}
