select
    disease,
    disease_group,
    age_band,
    count(*) as patients,
    sum(case when outcome in ('recovered', 'improved') then 1 else 0 end) as better,
    sum(case when outcome = 'worse' then 1 else 0 end) as worse,
    avg(outcome_score) as mean_score
from {{ ref('dim_patients') }}
where outcome is not null
group by disease, disease_group, age_band
