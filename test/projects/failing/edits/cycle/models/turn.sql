select * from {{ ref('lost') }}
