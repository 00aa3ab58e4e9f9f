import { expect, test } from "vitest";
import { metricFields, metricOfMeasure, savedQueryFields, semanticModelFields, timeWindow } from "./semantic-shapes.ts";

test("windows are a count and a granularity; only standard ones lose their plural", () => {
  expect(timeWindow("28 days")).toEqual({ count: 28, granularity: "day" });
  expect(timeWindow("2 fortnights")).toEqual({ count: 2, granularity: "fortnights" });
  expect(timeWindow(null)).toBeNull();
});

test("a measure by its name, and a filter by its text, are written out", () => {
  const fields = metricFields({ label: "L", type: "simple", type_params: { measure: "m" }, filter: "a = 1" }, {});
  expect(fields["type_params"]).toMatchObject({
    measure: { name: "m", filter: null, alias: null, join_to_timespine: false, fill_nulls_with: null },
    metrics: [],
    cumulative_type_params: null,
  });
  expect(fields["filter"]).toEqual({ where_filters: [{ where_sql_template: "a = 1" }] });
});

test("a cumulative metric takes over the older place of its window", () => {
  const fields = metricFields({ type: "cumulative", type_params: { measure: "m", window: "7 days" } }, {});
  expect(fields["type_params"]).toMatchObject({
    cumulative_type_params: { window: { count: 7, granularity: "day" }, grain_to_date: null, period_agg: "first" },
  });
});

test("create_metric makes a simple metric of a measure", () => {
  expect(metricOfMeasure({ name: "n", expr: 1 })).toEqual({
    name: "n",
    label: "n",
    type: "simple",
    type_params: { measure: "n", expr: 1 },
    description: "Metric created from measure n",
  });
});

test("parts of a semantic model take over its meta, and expressions are texts", () => {
  const fields = semanticModelFields(
    { model: "ref('x')", measures: [{ name: "n", agg: "sum", expr: 1, config: { meta: { b: 2 } } }] },
    { meta: { a: 1 } },
    (text) => text,
  );
  expect(fields["measures"]).toMatchObject([{ name: "n", expr: "1", config: { meta: { a: 1, b: 2 } } }]);
});

test("kinds of parts are in small letters, however they are written", () => {
  const model = {
    dimensions: [{ name: "d", type: "TIME", type_params: { time_granularity: "DAY" } }],
    measures: [{ name: "n", agg: "Sum", non_additive_dimension: { name: "D", window_choice: "MAX" } }],
    entities: [{ name: "e", type: "PRIMARY" }],
  };
  expect(semanticModelFields(model, {}, (text) => text)).toMatchObject({
    dimensions: [{ name: "d", type: "time", type_params: { time_granularity: "day" } }],
    measures: [{ agg: "sum", non_additive_dimension: { name: "D", window_choice: "max" } }],
    entities: [{ type: "primary" }],
  });
});

test("what a part of a semantic model leaves out is written with its default", () => {
  const fields = semanticModelFields(
    {
      model: "ref('x')",
      dimensions: [{ name: "d", type: "time", type_params: { validity_params: { is_start: true } } }],
      measures: [
        { name: "n", agg: "percentile", agg_params: { percentile: 0.5 } },
        { name: "b", agg: "sum_boolean", expr: true },
        { name: "o", agg: "sum", non_additive_dimension: { name: "d", window_choice: "max" } },
      ],
    },
    {},
    (text) => text,
  );
  expect(fields["dimensions"]).toMatchObject([
    { type_params: { time_granularity: null, validity_params: { is_start: true, is_end: false } } },
  ]);
  expect(fields["measures"]).toMatchObject([
    {
      agg_params: { percentile: 0.5, use_discrete_percentile: false, use_approximate_percentile: false },
      non_additive_dimension: null,
    },
    { expr: "True" },
    { agg_params: null, non_additive_dimension: { name: "d", window_choice: "max", window_groupings: [] } },
  ]);
});

test("an export goes where it says, else where its saved query says, else to the target's schema", () => {
  const exports = [{ name: "a", config: { export_as: "table", schema: "own" } }, { name: "b" }];
  const fields = savedQueryFields(
    { query_params: { metrics: ["m"] }, exports },
    { export_as: "view" },
    { database: "db", schema: "main" },
  );
  expect(fields["exports"]).toEqual([
    {
      name: "a",
      config: { export_as: "table", schema_name: "own", alias: "a", database: "db" },
      unrendered_config: { export_as: "table", schema: "own" },
    },
    {
      name: "b",
      config: { export_as: "view", schema_name: "main", alias: "b", database: "db" },
      unrendered_config: {},
    },
  ]);
});
