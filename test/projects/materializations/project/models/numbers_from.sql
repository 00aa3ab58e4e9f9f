{{ config(materialized='table_function', parameters=['first', 'last']) }}
select i as n from range(first, last) t(i)
