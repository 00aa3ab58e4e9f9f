select 10 as id, 1 as parent_id from {{ ref('parent') }} where id = 1
