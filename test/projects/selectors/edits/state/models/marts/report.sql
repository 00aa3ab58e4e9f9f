{{ config(schema='reports', meta={'owner': 'bob'}, tags='weekly', materialized='view') }}
select count(*) as n from {{ ref('orders') }}
