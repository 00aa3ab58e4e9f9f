{{ config(materialized='kept', post_hook="update {{ this }} set n = n + 1") }}
select 1 as n
