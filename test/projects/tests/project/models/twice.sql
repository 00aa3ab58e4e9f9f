select id, name from {{ ref('numbers') }} union all select id, name from {{ ref('numbers') }} where id < 3
