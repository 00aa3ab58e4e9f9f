select
    invoice_id,
    encounter_id,
    patient_id,
    amount,
    case when is_paid then 0 else amount end as amount_owed,
    billed_on
from {{ ref('rev') }}
