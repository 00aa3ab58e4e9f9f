{{ config(materialized='table') }}
{{ date_spine('day', "date '2024-01-30'", "date '2024-02-02'") }}
