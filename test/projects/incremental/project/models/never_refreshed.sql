{{ config(incremental_strategy='append', full_refresh=false) }}
select max(id) as id from main.events
