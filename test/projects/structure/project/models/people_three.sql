{{ config(alias='people_preview') }}
select 1 as id, 'Ada L' as full_name
