{{ config(group='core') }}
select * from {{ ref('private_one') }}
