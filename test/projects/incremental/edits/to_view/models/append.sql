{{ config(materialized='view') }}
{{ events() }} where id < 3
