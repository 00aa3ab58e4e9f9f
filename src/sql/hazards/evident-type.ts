import type { Range, SqlText } from "./sql-text.ts";

/** What the text itself shows of an expression's type; `number` is a number of some type, null what only a schema could tell. */
export type EvidentType =
  | "integer"
  | "decimal"
  | "double"
  | "number"
  | "string"
  | "boolean"
  | "date"
  | "timestamp"
  | "timestamptz"
  | "time"
  | "interval"
  | "json"
  | "array"
  | null;

const RESULTS: Readonly<Record<string, EvidentType>> = {};
function results(type: EvidentType, names: string): void {
  for (const name of names.split(" ")) Object.assign(RESULTS, { [name]: type });
}
results(
  "integer",
  "count count_if length char_length year month day hour minute second quarter week day_of_year dayofyear row_number rank " +
    "dense_rank ntile strpos position date_diff datediff cardinality len codepoint ascii extract date_part",
);
results(
  "double",
  "sqrt cbrt power pow exp ln log log10 log2 sin cos tan radians degrees pi random rand percent_rank cume_dist",
);
results(
  "string",
  "lower upper concat concat_ws trim ltrim rtrim substr substring replace lpad rpad reverse chr split_part regexp_replace " +
    "regexp_extract string_agg listagg md5 to_hex hex json_extract_scalar json_extract_string date_format strftime typeof",
);
results("boolean", "starts_with regexp_like regexp_matches is_nan contains bool_and bool_or");
results("date", "current_date make_date last_day to_date last_day_of_month");
results("timestamptz", "now current_timestamp from_unixtime to_timestamp");
results("json", "json_extract json_parse json_query to_json json_array json_object");
results(
  "array",
  "array_agg split sequence regexp_split regexp_extract_all array_sort array_distinct map_keys map_values list",
);
/** Functions that give the type of their first argument. */
const FIRST =
  "max min nullif any_value arbitrary first last lag lead first_value last_value abs round floor ceil ceiling truncate sum".split(
    " ",
  );
/** Functions that give the type that all of their arguments have. */
const COMMON = ["coalesce", "ifnull", "greatest", "least", "mod"];
const NUMBERS =
  "sum abs round floor ceil ceiling truncate mod avg stddev variance sign stddev_samp var_samp median".split(" ");
const NUMERIC: readonly EvidentType[] = ["integer", "decimal", "double", "number"];

/** How the functions begin that stand for what we write ourselves; the name says the type. */
export const STAND_IN = "duckhouse_stand_in_";

export function standInName(type: EvidentType, number: number): string {
  return `${STAND_IN}${type ?? "any"}_${number}`;
}

export function standInType(name: string): EvidentType | undefined {
  if (!name.startsWith(STAND_IN)) return undefined;
  const type = name.slice(STAND_IN.length).replace(/_\d+$/, "");
  return type === "any" ? null : (type as EvidentType);
}

/** The type that a range of tokens evidently has. */
export function evidentType(text: SqlText, range: Range): EvidentType {
  const { from, to } = range;
  if (to <= from) return null;
  if (text.sign(from, "-", "+")) return evidentType(text, { from: from + 1, to });
  if (text.sign(from, "(") && text.partner(from) === to - 1) return evidentType(text, { from: from + 1, to: to - 1 });
  if (text.sign(from, "[") && text.partner(from) === to - 1) return "array";
  const column =
    to - from === 1 ? text.valuesOf(from) : to - from === 3 && text.sign(from + 1, ".") ? text.valuesOf(to - 1) : null;
  if (column !== null)
    return commonOf(column.map((value) => (isNull(text, value) ? undefined : evidentType(text, value))));
  const literal = literalType(text, range);
  if (literal !== undefined) return literal;
  const cast = text.castOver(range);
  if (cast !== undefined) return typeFamily(cast.type);
  const call = text.callOver(range);
  if (call !== undefined) return callType(text, call.name, call.args);
  return arithmeticType(text, range);
}

/** The one type that values have; undefined ones are NULL and say nothing. */
function commonOf(types: readonly (EvidentType | undefined)[]): EvidentType {
  const [first, ...others] = types.filter((type) => type !== undefined);
  return first !== undefined && others.every((type) => type === first) ? first : null;
}

/** NULL written out: no cast of it differs. */
export function isNull(text: SqlText, range: Range): boolean {
  return range.to - range.from === 1 && text.is(range.from, "null");
}

function literalType(text: SqlText, { from, to }: Range): EvidentType | undefined {
  const [first, second] = [text.tokens[from], text.tokens[to - 1]];
  if (first === undefined || second === undefined) return undefined;
  if (to - from === 1) {
    if (first.kind === "string") return "string";
    if (first.kind === "number")
      return /e/i.test(first.text) ? "double" : first.text.includes(".") ? "decimal" : "integer";
    if (text.is(from, "true", "false")) return "boolean";
    if (text.is(from, "current_date")) return "date";
    if (text.is(from, "current_timestamp")) return "timestamptz";
    if (text.is(from, "localtimestamp")) return "timestamp";
  }
  if (text.is(from, "interval")) return "interval";
  if (text.is(from, "array") && text.sign(from + 1, "[") && text.partner(from + 1) === to - 1) return "array";
  if (to - from === 2 && second.kind === "string" && first.kind === "word") {
    if (first.text.toLowerCase() === "timestamp" && hasZone(second.text)) return "timestamptz";
    return typeFamily(first.text.toLowerCase());
  }
  return undefined;
}

/** Whether the text of a moment names a zone or an offset. */
export function hasZone(literal: string): boolean {
  return /\d:\d\d(:\d\d)?(\.\d+)?\s*([+-]\d|[A-Za-z])/.test(literal);
}

export function typeFamily(type: string): EvidentType {
  if (/\[\]$|^array/.test(type)) return "array";
  if (/^(tiny|small|big|huge|u\w*)?int(eger)?\d?$/.test(type)) return "integer";
  if (/^(double(precision)?|float8)$/.test(type)) return "double";
  if (/^(decimal|numeric)/.test(type)) return "decimal";
  if (/^(varchar|text|string|char)/.test(type)) return "string";
  if (/^bool/.test(type)) return "boolean";
  if (/^timestamp.*withtimezone|^timestamptz/.test(type)) return "timestamptz";
  if (type.startsWith("timestamp") || type === "datetime") return "timestamp";
  if (type === "date" || type === "interval" || type === "json") return type;
  return type.startsWith("time") ? "time" : null;
}

function callType(text: SqlText, name: string, args: readonly Range[]): EvidentType {
  const known = standInType(name) ?? RESULTS[name];
  if (known !== undefined) return known;
  const types = args.map((arg) => evidentType(text, arg));
  if (FIRST.includes(name) && types[0] !== undefined && types[0] !== null) return types[0];
  if (COMMON.includes(name)) return commonType(types);
  if (name === "if") return commonOf(args.slice(1).map((arg, i) => (isNull(text, arg) ? undefined : types[i + 1])));
  if (name === "avg" && args[0] !== undefined) return evidentType(text, args[0]) === "double" ? "double" : "number";
  return NUMBERS.includes(name) ? "number" : null;
}

/** coalesce(x, 0) is a number of some type, since x may be of any. */
function commonType(types: readonly EvidentType[]): EvidentType {
  const [first] = types;
  if (first !== undefined && types.every((type) => type === first)) return first;
  if (types.includes("double") || types.includes("string")) return types.includes("double") ? "double" : "string";
  return types.some((type) => NUMERIC.includes(type)) ? "number" : null;
}

/** Sums and products: a double makes all double; integers stay integers. Anything else says nothing. */
function arithmeticType(text: SqlText, { from, to }: Range): EvidentType {
  const types: EvidentType[] = [];
  let divided = false;
  for (let at = from; at < to;) {
    const operand = text.operandAfter(at);
    if (operand.to > to || (operand.from === from && operand.to === to)) return null;
    types.push(evidentType(text, operand));
    at = operand.to;
    if (at >= to) break;
    if (!text.sign(at, "+", "-", "*", "/", "%")) return null;
    if (text.sign(at, "/")) divided = true;
    at++;
  }
  if (types.length < 2) return null;
  if (types.includes("double")) return "double";
  if (types.some((type) => type === "date" || type === "timestamp" || type === "interval")) return null;
  if (!divided && types.every((type) => type === "integer")) return "integer";
  return types.some((type) => type === "integer" || type === "decimal" || type === "number") ? "number" : null;
}
