/** A project with one of everything that the docs site has a page for, and texts that try to get out of theirs. */
export const DOCS_FILES: Readonly<Record<string, string>> = {
  "dbt_project.yml": `name: shop
version: '1.0'
profile: shop
asset-paths: [assets]
models: {shop: {+materialized: table}}
`,
  "assets/logo.txt": "a logo",
  "models/docs.md": `{% docs __overview__ %}
# The shop

What **matters**. </script><script>document.title = "owned"</script> <img src=x onerror="document.title = 'owned'">
{% enddocs %}`,
  "models/visits.sql": "select id, date '2024-01-01' as seen_on, {{ twice('id') }} as two from {{ ref('ids') }}",
  "models/counted.sql": "select count(*) as n from {{ ref('visits') }}",
  "models/counted_v1.sql": "select 1 as n",
  "models/visit_counts.sql":
    "select {{ function('rate') }}(1.0) as rate from {{ source('raw', 'log') }} -- depends_on: {{ ref('ids') }}",
  "models/spine.sql": "select date '2024-01-01' as day",
  "models/schema.yml": `models:
  - name: visits
    description: "Ends a script: </script><!-- <script> and a line:\\u2028 there. | [x](javascript:alert(1))"
    access: public
    group: sales
    config: {tags: [daily], meta: {owner: "<b>me</b>"}, contract: {enforced: true}, docs: {node_color: "#aa00ff"}}
    constraints: [{type: check, expression: "id > 0"}]
    columns:
      - {name: id, data_type: integer, description: "The *key*", constraints: [{type: not_null}], data_tests: [unique, not_null]}
      - {name: seen_on, data_type: date}
      - {name: two, data_type: integer}
  - name: counted
    latest_version: 2
    versions: [{v: 1}, {v: 2, defined_in: counted}]
  - {name: spine, time_spine: {standard_granularity_column: day}, columns: [{name: day, granularity: day}]}
groups: [{name: sales, owner: {name: Ann, email: ann@example.com}}]
exposures:
  - {name: board, type: dashboard, maturity: high, url: "https://example.com/board", owner: {name: Bo}, depends_on: [ref('visits')]}
sources:
  - name: raw
    description: What the till writes
    schema: main
    loader: till
    freshness: {warn_after: {count: 1, period: day}}
    loaded_at_field: seen_on
    tables: [{name: log, identifier: ids, columns: [{name: id, description: the key}]}]
semantic_models:
  - name: visits
    model: ref('visits')
    defaults: {agg_time_dimension: seen_on}
    entities: [{name: visit, type: primary, expr: id}]
    dimensions: [{name: seen_on, type: time, type_params: {time_granularity: day}}]
    measures: [{name: how_many, agg: sum, expr: 1}]
metrics: [{name: visits_seen, label: Seen, type: simple, type_params: {measure: how_many}}]
saved_queries:
  - {name: seen_daily, query_params: {metrics: [visits_seen], group_by: ["TimeDimension('visit__seen_on', 'day')"]}}
unit_tests:
  - name: counts_rows
    model: counted
    versions: {include: [2]}
    given: [{input: ref('visits'), rows: [{id: 1}, {id: 2}]}]
    expect: {rows: [{n: 2}]}
macros: [{name: twice, description: Doubles, arguments: [{name: x, type: string, description: a column}]}]
`,
  "macros/twice.sql": "{% macro twice(x) %}cast({{ x }} * 2 as integer){% endmacro %}",
  "functions/rate.sql": "amount * 2",
  "functions/schema.yml":
    "functions: [{name: rate, description: A rate, arguments: [{name: amount, data_type: double}], returns: {data_type: double}}]",
  "snapshots/ids_then.yml":
    "snapshots: [{name: ids_then, relation: ref('ids'), config: {unique_key: id, strategy: check, check_cols: all}}]",
  "analyses/look.sql": "select * from {{ ref('visits') }}",
  "seeds/ids.csv": "id\n1\n2\n",
  "tests/no_zero.sql": "select * from {{ ref('visits') }} where id = 0",
};

export const KINDS = [
  ...["analysis", "exposure", "function", "group", "macro", "metric", "model", "saved_query", "seed"],
  ...["semantic_model", "snapshot", "source", "test", "unit_test"],
];
