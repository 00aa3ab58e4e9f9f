{{ config(incremental_strategy='delete+insert', unique_key='id', on_schema_change='append_new_columns') }}
select id, kind, day, 'e' || id as extra, [id, 1] as list from main.events where id < 3 or id > 7
