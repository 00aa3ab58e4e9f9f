{{ config(materialized='table') }}
select fresh.id, odd.id as odd_id, '{{ source("raw", "odd") }}' as odd_name, '{{ source("raw", "odd").identifier }}' as odd_identifier
from {{ source('raw', 'fresh_ones') }} as fresh
left join {{ source('raw', 'odd') }} as odd using (id)
