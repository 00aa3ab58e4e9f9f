{{ config(materialized='external', contract={'enforced': false}) }}
select 7 as id, 'seven' as word
