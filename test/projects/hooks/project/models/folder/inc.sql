{{ config(materialized='incremental', pre_hook=after_commit("insert into main.log values ('after_commit helper')"), post_hook=in_transaction("insert into main.log values ('in_transaction helper')")) }}
select {{ var('number') }} as number, {{ is_incremental() | int }} as incremental
