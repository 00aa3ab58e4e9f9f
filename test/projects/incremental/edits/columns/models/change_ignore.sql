{{ config(incremental_strategy='append', on_schema_change='ignore') }}
select id, kind, amount, day, note, 1 as extra from main.events where id > 7
