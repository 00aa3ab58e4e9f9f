{{ config(access='private', group='core') }}
select 1 as id
