{{ config(materialized='view') }}
select * from {{ ref('parts') }} join {{ ref('kit') }} using (id)
