{{ config(materialized='table', properties={'format': "'PARQUET'"}) }}
select p.id, p.name, count(v.id) as visits, sum(v.amount) as amount,
  {{ datediff("min(v.day)", "max(v.day)", 'day') }} as span
from {{ ref('stg_patients') }} p left join {{ ref('visits') }} v on v.patient_id = p.id group by 1, 2
