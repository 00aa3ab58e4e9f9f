select * from {{ ref('visits') }} where amount < 0
