select
    invoice_id,
    encounter_id,
    patient_id,
    cast(amount as decimal(12, 2)) as amount,
    cast(billed_on as date) as billed_on,
    is_paid
from {{ source('clinic', 'invoices') }}
