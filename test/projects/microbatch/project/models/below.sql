{{ config(enabled=var('failing', false)) }}
select * from {{ ref('bad_day') }}
