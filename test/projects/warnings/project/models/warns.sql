{{ exceptions.warn('while parsing') }}
select 3 as id
