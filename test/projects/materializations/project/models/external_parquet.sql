{{ config(materialized='external', location='target/own_name.parquet', options={'codec': 'zstd'}) }}
select 1 as id, [1, 2] as list {% if var('empty', false) %} where false {% endif %}
