select encounter_id, admitted_at, discharged_at
from {{ ref('encounters') }}
where discharged_at < admitted_at
