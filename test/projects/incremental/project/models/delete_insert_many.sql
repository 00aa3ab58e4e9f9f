{{ config(incremental_strategy='delete+insert', unique_key=['kind', 'day'], incremental_predicates=["DBT_INCREMENTAL_TARGET.amount < 1500"]) }}
{{ events() }}
