select
    patients.patient_id,
    patients.sex,
    patients.city,
    patients.insurance,
    conditions.disease,
    conditions.disease_group,
    conditions.is_chronic,
    conditions.weight,
    conditions.severity,
    conditions.age,
    conditions.age_band,
    outcomes.outcome,
    outcomes.score as outcome_score,
    coalesce(encounters.encounter_count, 0) as encounter_count,
    coalesce(encounters.emergency_count, 0) as emergency_count,
    coalesce(encounters.hours_in_house, 0) as hours_in_house,
    encounters.last_admitted_at,
    coalesce(revenue.amount_billed, 0) as amount_billed,
    coalesce(revenue.amount_owed, 0) as amount_owed
from {{ ref('stg_patients') }} as patients
left join {{ ref('stg_conditions') }} as conditions
    on patients.patient_id = conditions.patient_id
left join {{ ref('outcomes') }} as outcomes
    on patients.patient_id = outcomes.patient_id
left join {{ ref('int_encounters_by_patient') }} as encounters
    on patients.patient_id = encounters.patient_id
left join {{ ref('int_revenue_by_patient') }} as revenue
    on patients.patient_id = revenue.patient_id
