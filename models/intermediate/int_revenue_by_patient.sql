select
    patient_id,
    sum(amount) as amount_billed,
    sum(amount_owed) as amount_owed
from {{ ref('stg_revenue') }}
group by patient_id
