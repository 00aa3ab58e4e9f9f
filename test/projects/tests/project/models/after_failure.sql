select count(*) as n from {{ ref('twice') }}
