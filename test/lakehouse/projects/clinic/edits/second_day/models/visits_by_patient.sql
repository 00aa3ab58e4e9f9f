{{ config(materialized='view') }}
select p.id, p.name, count(v.id) as visits, sum(v.amount) as amount, 0 as span
from {{ ref('stg_patients') }} p left join {{ ref('visits') }} v on v.patient_id = p.id group by 1, 2
