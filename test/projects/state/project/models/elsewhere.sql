{{ config(schema='extra') }} select 1 as one
