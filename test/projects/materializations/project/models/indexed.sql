{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['kind', 'id']}]) }}
select i as id, i % 3 as kind from range(10) t(i)
