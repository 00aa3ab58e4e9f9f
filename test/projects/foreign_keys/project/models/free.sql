select count(*) as n from {{ ref('grandchild') }}
