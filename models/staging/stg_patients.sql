select
    id as patient_id,
    birth_date,
    sex,
    city,
    insurance,
    email is not null as has_email,
    registered_at
from {{ ref('local_patients') }}
