{{ config(tags=['daily', 'people']) }}
select * from {{ ref('raw_people') }}
