select * from {{ source('named_by_var', 'old_ones') }}
