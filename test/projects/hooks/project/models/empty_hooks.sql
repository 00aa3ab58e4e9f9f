{{ config(materialized='view', pre_hook="{% if false %}select 1{% endif %}", post_hook="  ") }}
select 1 as one
