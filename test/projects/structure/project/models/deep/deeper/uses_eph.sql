{{ config(tags=['late'], group='core') }}
with mine as (select * from {{ ref('eph_top') }})
select mine.*, plain.plain_id, base.word as base_word
from mine
join {{ ref('eph_plain') }} as plain on plain.plain_id = mine.id
join {{ ref('eph_base') }} as base on base.id = mine.id
