{{ config(incremental_strategy='append', on_schema_change='fail') }}
{{ events() }} where id < 3
