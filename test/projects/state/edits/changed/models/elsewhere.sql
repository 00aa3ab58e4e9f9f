{{ config(schema='other') }} select 1 as one
