select order_id, sku, price, quantity, {{ cents('price') }} as price_cents from {{ ref('raw_items') }}
