select id as order_id, person_id, ordered_at, state from {{ ref('raw_orders') }}
