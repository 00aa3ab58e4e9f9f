{{ config(materialized='table', on_table_exists='replace') }}
select patient_id, {{ dbt.listagg('cast(id as varchar)', "','", 'order by id') }} as ids from {{ ref('eph') }} group by 1
