{{ config(materialized='ephemeral') }}
select {{ 1 / 0 if execute else 1 }} as id
