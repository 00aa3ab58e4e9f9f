{{ config(materialized='external', format='csv', delimiter='|') }}
select 1 as id, 'one' as word {% if var('empty', false) %} where false {% endif %}
