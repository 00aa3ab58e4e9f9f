select *, 1 as added from {{ ref('raw_orders') }}
