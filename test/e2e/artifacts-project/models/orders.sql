select id, amount, ordered_at from {{ ref('raw_orders') }}
