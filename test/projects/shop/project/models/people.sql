select
    people.person_id,
    people.first_name,
    people.last_name,
    count(orders.order_id) as order_count,
    min(orders.ordered_at) as first_ordered_at,
    sum(orders.total) as total
from {{ ref('stg_people') }} as people
left join {{ ref('orders') }} as orders using (person_id)
group by all
