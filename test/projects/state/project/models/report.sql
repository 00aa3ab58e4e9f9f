{{ config(materialized='table', pre_hook='select 1', tags=['x']) }} select t.id, n.name, t.amount from {{ ref('twice') }} t join {{ ref('names') }} n using (id)
