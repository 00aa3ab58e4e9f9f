{{ config(materialized='external', options={'partition_by': 'kind', 'overwrite_or_ignore': true}) }}
select 1 as id, 'a' as kind union all select 2, 'b'
