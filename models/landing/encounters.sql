select
    visit_id as encounter_id,
    patient_id,
    department,
    kind,
    cast(admitted_at as timestamp) as admitted_at,
    cast(discharged_at as timestamp) as discharged_at
from {{ source('clinic', 'visits') }}
where {{ since_in_ci('admitted_at') }}
