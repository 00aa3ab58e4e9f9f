select 100 as id, 10 as child_id from {{ ref('child') }}
