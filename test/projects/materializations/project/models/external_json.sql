{{ config(materialized='external', location="{{ 'target/' ~ this.name ~ '.json' }}") }}
select 1 as id, 'x' as word union all select 2, 'y'
