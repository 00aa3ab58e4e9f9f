{{ config(schema='reports', meta={'owner': 'ann'}, tags='weekly') }}
select count(*) as n from {{ ref('orders') }}
