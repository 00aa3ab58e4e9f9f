select id as plain_id from {{ ref('eph_top') }}
