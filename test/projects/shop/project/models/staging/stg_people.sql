with source as (
    select * from {{ ref('raw_people') }}
)
select id as person_id, first_name, coalesce(last_name, '-') as last_name, joined from source
