with scored as (

    select
        patient_id,
        cast(
            severity * weight
            + case when is_chronic then 2 else 0 end
            + case when age >= 65 then 1 else 0 end
            + emergency_count
            as decimal(8, 2)
        ) as risk_score
    from {{ ref('dim_patients') }}
    where severity is not null

)

select
    patient_id,
    risk_score,
    case
        when risk_score >= 8 then 'high'
        when risk_score >= 4 then 'medium'
        else 'low'
    end as risk_band
from scored
