select
    encounter_id,
    patient_id,
    department,
    kind,
    admitted_at,
    discharged_at,
    discharged_at is null as is_open,
    {{ dbt.datediff('admitted_at', 'discharged_at', 'hour') }} as length_of_stay_hours
from {{ ref('encounters') }}
