with months as (

    select
        encounters.department,
        cast({{ dbt.date_trunc('month', 'revenue.billed_on') }} as date) as month,
        sum(revenue.amount) as amount_billed
    from {{ ref('stg_revenue') }} as revenue
    join {{ ref('stg_encounters') }} as encounters
        on revenue.encounter_id = encounters.encounter_id
    group by 1, 2

)

select
    department,
    month,
    amount_billed,
    amount_billed - lag(amount_billed) over (partition by department order by month) as change_to_last_month,
    rank() over (partition by month order by amount_billed desc) as rank_in_month
from months
