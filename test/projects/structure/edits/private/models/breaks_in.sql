{{ config(group='other') }}
select * from {{ ref('private_one') }}
