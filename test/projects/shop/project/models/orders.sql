{% set states = ['open', 'done', 'returned'] %}

with items as (
    select * from {{ ref('stg_items') }}
),

totals as (
    select
        order_id,
        sum(price * quantity) as total
    from items
    group by order_id
)

select
    orders.order_id,
    orders.person_id,
    orders.ordered_at,
    {% for state in states -%}
    case when orders.state = '{{ state }}' then totals.total else 0 end as {{ state }}_total,
    {% endfor -%}
    totals.total
from {{ ref('stg_orders') }} as orders
left join totals using (order_id)
