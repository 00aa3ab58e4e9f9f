{{ config(materialized='view') }}
select count(*) as n, '{{ ref("append").identifier }}' as of_model from {{ ref('append') }}
