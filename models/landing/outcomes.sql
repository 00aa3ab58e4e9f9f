select
    patient_id,
    outcome,
    score,
    cast(recorded_on as date) as recorded_on
from {{ source('clinic', 'results') }}
