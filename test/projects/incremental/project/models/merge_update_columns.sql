{{ config(incremental_strategy='merge', unique_key='id', merge_update_columns=['note'], incremental_predicates="DBT_INTERNAL_DEST.id > 0") }}
{{ events() }}
