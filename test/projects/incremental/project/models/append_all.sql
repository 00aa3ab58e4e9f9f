{{ config(incremental_strategy='append') }}
select kind, count(*) as n {% if is_incremental() %}, {{ 1 }} as unused {% else %}, 0 as unused {% endif %} from main.events group by kind
