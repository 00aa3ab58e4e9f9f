{{ config(materialized='view') }}
select * from {{ ref('child') }} cross join {{ ref('good') }}
