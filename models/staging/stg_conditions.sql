select
    patient_data.id as patient_id,
    patient_data.disease,
    disease_groups.disease_group,
    disease_groups.is_chronic,
    disease_groups.weight,
    patient_data.severity,
    patient_data.age,
    {{ age_band('patient_data.age') }} as age_band,
    patient_data.diagnosed_on
from {{ ref('patient_data') }} as patient_data
left join {{ ref('disease_groups') }} as disease_groups
    on patient_data.disease = disease_groups.disease
