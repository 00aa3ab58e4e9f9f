{{ config(materialized='incremental', unique_key='id', contract={'enforced': true}, on_schema_change='append_new_columns') }}
select 1 as id, {'a': 1, 'b': 'x'} as pair
