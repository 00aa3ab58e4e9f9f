{{ config(materialized='ephemeral') }}
select * from {{ ref('visits') }} where amount > 10
