{{ config(incremental_strategy='append') }}
pivot (select kind, amount from main.events where kind in ('a', 'b')) on kind using sum(amount)
