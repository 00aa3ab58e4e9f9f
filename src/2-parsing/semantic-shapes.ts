import type { Json, JsonObject } from "../contracts/json.ts";
import { asList, asText, isRecord } from "../shared/objects.ts";

/**
 * The fields of metrics, semantic models and saved queries as the manifest holds them: every field there, short forms
 * (`measure: revenue`) written out. Nothing here runs them; MetricFlow and other readers of the manifest do.
 */

type Fields = Readonly<Record<string, Json>>;

/** The given fields over the defaults; null where neither says anything. */
function filled(data: JsonObject, defaults: Fields): JsonObject {
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, data[key] ?? value]));
}

function record(value: Json | undefined): JsonObject {
  return isRecord(value) ? value : {};
}

/** `filter: text` or a list of texts. */
function whereFilter(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  return { where_filters: asList(value as Json[]).map((text) => ({ where_sql_template: asText(text) })) };
}

/** str() of what may be written without quotes. */
function text(value: Json | undefined): Json {
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === undefined || value === null ? null : asText(value);
}

const GRAINS = "nanosecond microsecond millisecond second minute hour day week month quarter year".split(" ");

/** `28 days` as a count and a granularity. */
export function timeWindow(value: Json | undefined): Json {
  const match = /^(\d+) (\S+)$/.exec(text(value) === null ? "" : asText(value ?? null).toLowerCase());
  if (match === null) return null;
  const [, count = "", grain = ""] = match;
  const singular = grain.replace(/s$/, "");
  return { count: Number(count), granularity: GRAINS.includes(singular) ? singular : grain };
}

function inputMeasure(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  const data = isRecord(value) ? value : { name: value };
  const defaults = { name: null, filter: null, alias: null, join_to_timespine: false, fill_nulls_with: null };
  return { ...filled(data, defaults), filter: whereFilter(data["filter"]) };
}

function inputMetric(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  const data = isRecord(value) ? value : { name: value };
  const defaults = { name: null, filter: null, alias: null, offset_window: null, offset_to_grain: null };
  return {
    ...filled(data, defaults),
    filter: whereFilter(data["filter"]),
    offset_window: timeWindow(data["offset_window"]),
  };
}

function cumulativeParams(type: string, params: JsonObject): Json {
  if (type !== "cumulative") return null;
  const own = record(params["cumulative_type_params"]);
  return {
    window: timeWindow(own["window"] ?? params["window"]),
    grain_to_date: own["grain_to_date"] ?? params["grain_to_date"] ?? null,
    period_agg: own["period_agg"] ?? "first",
    metric: inputMetric(own["metric"]),
  };
}

function conversionParams(value: Json | undefined): Json {
  if (!isRecord(value)) return null;
  return {
    base_measure: inputMeasure(value["base_measure"]),
    conversion_measure: inputMeasure(value["conversion_measure"]),
    entity: value["entity"] ?? null,
    calculation: value["calculation"] ?? "conversion_rate",
    window: timeWindow(value["window"]),
    constant_properties: value["constant_properties"] ?? null,
  };
}

export function metricFields(data: JsonObject, config: JsonObject): JsonObject {
  const params = record(data["type_params"]);
  const type = asText(data["type"] ?? "simple").toLowerCase();
  return {
    label: data["label"] ?? null,
    type,
    type_params: {
      measure: inputMeasure(params["measure"]),
      input_measures: [],
      numerator: inputMetric(params["numerator"]),
      denominator: inputMetric(params["denominator"]),
      expr: text(params["expr"]),
      window: timeWindow(params["window"]),
      grain_to_date: params["grain_to_date"] ?? null,
      metrics: asList(params["metrics"] as Json[]).map(inputMetric),
      conversion_type_params: conversionParams(params["conversion_type_params"]),
      cumulative_type_params: cumulativeParams(type, params),
      metric_aggregation_params: null,
    },
    filter: whereFilter(data["filter"]),
    metadata: null,
    time_granularity: data["time_granularity"] ?? null,
    meta: Object.keys(record(config["meta"])).length > 0 ? (config["meta"] ?? {}) : record(data["meta"]),
    tags: asList(data["tags"] as Json[]),
    group: config["group"] ?? null,
    sources: [],
    metrics: [],
  };
}

/** A metric that `create_metric: true` asks for. */
export function metricOfMeasure(measure: JsonObject): JsonObject {
  const name = asText(measure["name"]);
  return {
    name,
    label: measure["label"] ?? name,
    type: "simple",
    type_params: { measure: name, expr: measure["expr"] ?? name },
    description: measure["description"] ?? `Metric created from measure ${name}`,
  };
}

const DIMENSION: Fields = {
  name: null,
  type: null,
  description: null,
  label: null,
  is_partition: false,
  type_params: null,
  expr: null,
  metadata: null,
};
const ENTITY: Fields = { name: null, type: null, description: null, label: null, role: null, expr: null };
const MEASURE: Fields = {
  name: null,
  agg: null,
  description: null,
  label: null,
  create_metric: false,
  expr: null,
  agg_params: null,
  non_additive_dimension: null,
  agg_time_dimension: null,
};

const AGGREGATION: Fields = { percentile: null, use_discrete_percentile: false, use_approximate_percentile: false };
const NON_ADDITIVE: Fields = { name: null, window_choice: null, window_groupings: [] };
const VALIDITY: Fields = { is_start: false, is_end: false };

/** Kinds are dbt's words in small letters, however they are written. */
function inSmallLetters<T extends Readonly<Record<string, Json>>>(data: T, ...keys: string[]): T {
  const words = keys
    .filter((key) => typeof data[key] === "string")
    .map((key) => [key, asText(data[key]).toLowerCase()]);
  return { ...data, ...(Object.fromEntries(words) as Partial<T>) };
}

function filledIn(data: Json | undefined, defaults: Fields): JsonObject | null {
  return isRecord(data) ? filled(data, defaults) : null;
}

/** Fills in what a description takes from docs blocks. */
export type Describe = (text: Json) => Json;

/** Parts take over the meta of their semantic model. */
function parts(list: Json | undefined, defaults: Fields, meta: JsonObject, describe: Describe): JsonObject[] {
  return asList(list as Json[])
    .filter(isRecord)
    .map((part) => {
      const data = part as JsonObject;
      const config = { meta: { ...meta, ...record(record(data["config"])["meta"]) } };
      const description = describe(data["description"] ?? null);
      return { ...filled(data, defaults), description, expr: text(data["expr"]), config };
    });
}

export function semanticModelFields(data: JsonObject, config: JsonObject, describe: Describe): JsonObject {
  const meta = record(config["meta"]);
  const dimensions = parts(data["dimensions"], DIMENSION, meta, describe).map((dimension) => {
    const params = dimension["type_params"];
    const full = isRecord(params)
      ? {
          time_granularity: text(params["time_granularity"]),
          validity_params: filledIn(params["validity_params"], VALIDITY),
        }
      : null;
    return { ...inSmallLetters(dimension, "type"), type_params: full && inSmallLetters(full, "time_granularity") };
  });
  // dbt makes a metric of such a measure, and forgets that it was asked to.
  const measures = parts(data["measures"], MEASURE, meta, describe).map((measure) => ({
    ...inSmallLetters(measure, "agg"),
    create_metric: false,
    agg_params: filledIn(measure["agg_params"], AGGREGATION),
    non_additive_dimension: nonAdditive(measure["non_additive_dimension"]),
  }));
  return {
    model: data["model"] ?? null,
    node_relation: null,
    description: data["description"] ?? null,
    label: data["label"] ?? null,
    defaults: isRecord(data["defaults"])
      ? { agg_time_dimension: data["defaults"]["agg_time_dimension"] ?? null }
      : null,
    entities: parts(data["entities"], ENTITY, meta, describe).map((entity) => inSmallLetters(entity, "type")),
    measures,
    dimensions,
    metadata: null,
    primary_entity: data["primary_entity"] ?? null,
    group: config["group"] ?? null,
  };
}

function nonAdditive(value: Json | undefined): Json {
  const full = filledIn(value, NON_ADDITIVE);
  return full && inSmallLetters(full, "window_choice");
}

export interface ExportNames {
  readonly database: string | null;
  readonly schema: string;
}

export function savedQueryFields(data: JsonObject, config: JsonObject, names: ExportNames): JsonObject {
  const query = record(data["query_params"]);
  const tags = [...asList(data["tags"] as Json[]), ...asList(config["tags"] as Json[])].map(asText);
  return {
    query_params: {
      metrics: asList(query["metrics"] as Json[]),
      group_by: asList(query["group_by"] as Json[]),
      where: whereFilter(query["where"]),
      order_by: asList(query["order_by"] as Json[]),
      limit: query["limit"] ?? null,
    },
    exports: asList(data["exports"] as Json[])
      .filter(isRecord)
      .map((item) => exported(item as JsonObject, config, names)),
    description: data["description"] ?? null,
    label: data["label"] ?? null,
    metadata: null,
    group: config["group"] ?? null,
    tags: [...new Set(tags)].sort(),
  };
}

/** An export's own config wins over its saved query's; what nobody names is where models of the target go. */
function exported(item: JsonObject, config: JsonObject, { database, schema }: ExportNames): JsonObject {
  const own = record(item["config"]);
  const custom = own["schema_name"] ?? own["schema"] ?? config["schema"] ?? null;
  return {
    name: item["name"] ?? null,
    config: {
      export_as: own["export_as"] ?? config["export_as"] ?? null,
      schema_name: custom ?? schema,
      alias: own["alias"] ?? item["name"] ?? null,
      database: own["database"] ?? database,
    },
    unrendered_config: own,
  };
}
