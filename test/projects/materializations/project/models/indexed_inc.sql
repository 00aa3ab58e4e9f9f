{{ config(materialized='incremental', unique_key='id', indexes=[{'columns': ['kind']}]) }}
select i as id, i % 3 as kind from range(10) t(i)
