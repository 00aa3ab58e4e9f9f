{{ config(materialized='table') }}
-- depends_on: {{ ref('limited') }}
{% if execute %}
{% set result = run_query("select 1 as n, 'a' as letter, 1.50::decimal(5,2) as price, date '2024-01-02' as day, null as nothing, true as flag, timestamp '2024-01-02 03:04:05' as at union all select 2, 'b', 2, date '2024-01-03', null, false, null order by n") %}
{% set first = result.rows[0] %}
{% else %}
{% set result, first = none, none %}
{% endif %}
select
  '{{ result.column_names | join(",") if result }}' as names,
  '{{ result.columns[0].values() if result }}' as numbers,
  '{{ result.columns["letter"].values() | join("+") if result }}' as letters,
  '{{ first["price"] if first }} {{ first[3] if first }} {{ first.nothing if first }} {{ first["flag"] if first }} {{ first[6] if first }}' as row_values,
  '{{ result.rows | length if result }} {{ result | length if result }}' as counts,
  {% for row in (result.rows if result else []) -%}
  '{{ row["letter"] }}{{ row.values() | length }}' as letter_{{ row[0] }},
  {% endfor -%}
  '{{ (adapter.get_columns_in_relation(ref("limited")) | map(attribute="name") | list | join(" ")) if execute }}' as columns,
  '{{ (adapter.get_columns_in_relation(ref("limited")) | map(attribute="data_type") | list | join(" ")) if execute }}' as column_types,
  '{{ adapter.get_relation(database=target.database, schema=target.schema, identifier="limited").type if execute }}' as kind,
  '{{ adapter.get_relation(target.database, target.schema, "no_such") if execute }}' as missing,
  '{{ (load_relation(ref("limited")) is not none) if execute }}' as loaded,
  '{{ adapter.check_schema_exists(target.database, "main") if execute }}' as has_schema,
  '{% call statement("named", fetch_result=true) %}select 41 + 1 as answer{% endcall %}{{ load_result("named")["data"][0][0] if execute }}' as answer
