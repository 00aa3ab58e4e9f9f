select id, amount from {{ ref('payments') }}
