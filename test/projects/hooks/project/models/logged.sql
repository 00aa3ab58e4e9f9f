{{ config(
    materialized='table',
    pre_hook=["insert into main.log values ('own pre')", {"sql": "insert into main.log values ('own before begin')", "transaction": False}],
    post_hook="{% if var('fail_hook', false) %}select * from no_such_table{% else %}insert into main.log select 'rows ' || count(*) from {{ this }}{% endif %}"
) }}
select '{{ var("mode") }}' as mode, {{ var("number") }} as number, '{{ var("own", "none") }}' as own, '{{ var("missing", "fallback") }}' as missing,
  {{ var("nested", {"a": [0]})["a"] | sum }} as nested
