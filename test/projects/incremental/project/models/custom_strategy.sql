{{ config(incremental_strategy='newest_only', newest_by='day') }}
{{ events() }}
