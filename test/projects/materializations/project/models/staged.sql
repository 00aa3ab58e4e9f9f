{{ config(materialized='staged') }}
select 1 as a, 'b' as "B b"
