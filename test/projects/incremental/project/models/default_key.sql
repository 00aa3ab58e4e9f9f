{{ config(unique_key='id') }}
{{ events() }}
