{{ config(incremental_strategy='append', on_schema_change='ignore') }}
{{ events() }} where id < 3
