{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='encounter_id',
        on_schema_change='append_new_columns',
    )
}}

with billed as (

    select
        encounter_id,
        sum(amount) as amount_billed
    from {{ ref('stg_revenue') }}
    group by encounter_id

)

select
    encounters.encounter_id,
    encounters.patient_id,
    encounters.department,
    encounters.kind,
    encounters.admitted_at,
    encounters.discharged_at,
    encounters.length_of_stay_hours,
    coalesce(billed.amount_billed, 0) as amount_billed
from {{ ref('stg_encounters') }} as encounters
left join billed
    on encounters.encounter_id = billed.encounter_id
{% if is_incremental() %}
-- a visit may be closed or billed a few days late
where encounters.admitted_at >= (select {{ dbt.dateadd('day', -7, 'max(admitted_at)') }} from {{ this }})
{% endif %}
