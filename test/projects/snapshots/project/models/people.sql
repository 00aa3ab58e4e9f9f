{{ config(materialized='ephemeral') }}
select * from main.people
