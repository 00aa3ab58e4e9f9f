{{ config(incremental_strategy='merge', unique_key='id', on_schema_change='sync_all_columns') }}
select id, amount, day, note, {'a': id, 'b': kind} as extra from main.events where id < 3 or id > 7
