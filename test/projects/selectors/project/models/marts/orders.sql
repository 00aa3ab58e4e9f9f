{{ config(group='sales', access='public') }}
select orders.*, people.name from {{ ref('stg_orders') }} as orders join {{ ref('stg_people') }} as people on people.id = orders.person_id
