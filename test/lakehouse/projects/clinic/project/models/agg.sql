{{ config(materialized='table', contract={'enforced': true}) }}
select cast(count(*) as bigint) as n, cast(sum(amount) as bigint) as total from {{ ref('inc_merge') }}
