{{ config(
    incremental_strategy='merge',
    merge_on_using_columns=['id'],
    merge_update_condition="DBT_INTERNAL_SOURCE.amount > 1025",
    merge_insert_condition="DBT_INTERNAL_SOURCE.kind != 'c'",
    merge_update_set_expressions={'note': "DBT_INTERNAL_DEST.note || '+' || coalesce(DBT_INTERNAL_SOURCE.note, '-')"},
    unique_key='id'
) }}
{{ events() }}
