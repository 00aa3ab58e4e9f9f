with own as (
    select * from {{ ref('eph_base') }}
)
select id, word, id + 1 as next_id from own
