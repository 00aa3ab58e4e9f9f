-- One row a patient who was here at all.
select
    patient_id,
    count(*) as encounter_count,
    sum(case when kind = 'emergency' then 1 else 0 end) as emergency_count,
    sum(length_of_stay_hours) as hours_in_house,
    min(admitted_at) as first_admitted_at,
    max(admitted_at) as last_admitted_at
from {{ ref('stg_encounters') }}
group by patient_id
