{{ config(enabled=var('failing', false)) }}
select count(*) as n from {{ ref('failing') }}
