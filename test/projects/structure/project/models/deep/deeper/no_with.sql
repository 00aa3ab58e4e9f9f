select * from {{ ref('eph_top') }} union all select * from {{ ref('eph_top') }}
