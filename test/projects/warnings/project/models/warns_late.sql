{% if execute %}{{ exceptions.warn('at run time') }}{% endif %}
select 2 as id
