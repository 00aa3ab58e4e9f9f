{{ config(materialized='view') }}
select id, name, born, weight, {{ dbt.hash('name') }} as name_hash from {{ ref('patients') }}
