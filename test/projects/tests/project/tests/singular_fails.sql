{{ config(severity='error', store_failures_as='view', tags=['single']) }}
select id, name from {{ ref('numbers') }} where name is null
