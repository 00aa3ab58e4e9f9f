select max(amount) from {{ ref('orders') }}
