{{ config(materialized='table') }}
select count(*) as n, '{{ ref("numbers_from") }}' as f from {{ ref('numbers_from') }}(2, 5)
union all select count(*), '' from {{ ref('no_parameters') }}()
