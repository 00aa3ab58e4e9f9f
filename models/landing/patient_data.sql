select
    patient_id as id,
    disease,
    severity,
    age,
    cast(diagnosed_on as date) as diagnosed_on
from {{ source('clinic', 'conditions') }}
