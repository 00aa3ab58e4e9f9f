// Compares what the two programs wrote to target/.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Times, and folders of this run. */
const NOT_COMPARED = new Set(["created_at", "root_path"]);
/** Texts that differ in white space only are equal. */
const SQL_FIELDS = new Set(["compiled_code", "sql"]);
/** Lists whose order means nothing. */
const SETS = new Set(["tags", "macros", "doc_blocks"]);
const INTERNAL = new Set(["dbt", "dbt_duckdb", "dbt_trino"]);
const NODE_GROUPS = [
  "nodes",
  "sources",
  "exposures",
  "metrics",
  "groups",
  "unit_tests",
  "functions",
  "semantic_models",
  "saved_queries",
];

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function bothJson(sides, name) {
  return sides.map((side) => readJson(join(side.target, name)));
}

export function collapse(text) {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** Without what may differ: white space of SQL, order of sets, folders and times. */
function neutral(value, side, key = "") {
  if (typeof value === "string") {
    const text = value.replaceAll(side.project, "PROJECT");
    return SQL_FIELDS.has(key) ? collapse(text) : text;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => neutral(item, side));
    return SETS.has(key) ? items.sort() : items;
  }
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name]) => !NOT_COMPARED.has(name));
  return Object.fromEntries(kept.map(([name, item]) => [name, neutral(item, side, name)]));
}

export function compareManifests(sides, differences) {
  const [dbt, ours] = bothJson(sides, "manifest.json").map((json, index) => neutral(json ?? {}, sides[index]));
  differences.compareSets("manifest key", "manifest.json", Object.keys(dbt), Object.keys(ours));
  for (const group of NODE_GROUPS) compareRecords(group, dbt[group] ?? {}, ours[group] ?? {}, differences);
  for (const group of ["macros", "docs"])
    compareRecords(group, withoutInternal(dbt[group]), withoutInternal(ours[group]), differences);
  compareRecords("disabled", dbt.disabled ?? {}, ours.disabled ?? {}, differences);
  for (const map of ["parent_map", "child_map", "group_map"])
    compareMaps(map, dbt[map] ?? {}, ours[map] ?? {}, differences);
  differences.compare("selectors", "manifest.json", dbt.selectors, ours.selectors);
  const changing = ["generated_at", "invocation_id", "invocation_started_at", "run_started_at", "user_id"];
  const metadata = (json) => Object.fromEntries(Object.entries(json ?? {}).filter(([key]) => !changing.includes(key)));
  differences.compareDeep("metadata", "manifest.json", metadata(dbt.metadata), metadata(ours.metadata));
}

function withoutInternal(record = {}) {
  return Object.fromEntries(Object.entries(record).filter(([, item]) => !INTERNAL.has(item.package_name)));
}

function compareRecords(group, dbt, ours, differences) {
  differences.compareSets(`manifest ${group}`, group, Object.keys(dbt), Object.keys(ours));
  for (const [id, left] of Object.entries(dbt)) {
    const right = ours[id];
    if (right === undefined) continue;
    const pairs = Array.isArray(left) ? left.map((item, index) => [item, right[index]]) : [[left, right]];
    for (const [one, other] of pairs) compareNode(group, id, one, other, differences);
  }
}

/** Maps with user-chosen keys are compared as a whole or with the key in the place, so that kinds stay few. */
function compareNode(group, id, dbt, ours, differences) {
  const kind = `${group === "disabled" ? "disabled " : ""}${id.split(".")[0]}`;
  const { columns, ...left } = dbt ?? {};
  const { columns: ourColumns, ...right } = ours ?? {};
  differences.compareDeep(kind, id, left, right);
  const names = (record) => Object.keys(record ?? {});
  differences.compare(`${kind}.columns (names)`, id, names(columns), names(ourColumns));
  for (const [name, column] of Object.entries(columns ?? {}))
    if (ourColumns?.[name] !== undefined)
      differences.compareDeep(`${kind}.columns`, `${id} ${name}`, column, ourColumns[name]);
}

function compareMaps(map, dbt, ours, differences) {
  differences.compareSets(`${map} key`, map, Object.keys(dbt), Object.keys(ours));
  for (const [id, list] of Object.entries(dbt))
    if (ours[id] !== undefined) differences.compare(map, id, sorted(list), sorted(ours[id]));
}

/** A null stays one: it differs from an empty list. */
const sorted = (list) => (Array.isArray(list) ? [...list].sort() : list);

/** White space collapsed; line numbers of generated SQL and the chain of macros say nothing about the project. */
function neutralMessage(message, side) {
  if (typeof message !== "string") return message;
  return collapse(message.replaceAll(`${side.project}/`, "")).split(/ LINE \d+: | > in macro /)[0];
}

export function compareResults(sides, step, differences) {
  const reports = bothJson(sides, "run_results.json");
  const [dbt, ours] = reports.map((report, index) =>
    Object.fromEntries((report?.results ?? []).map((result) => [result.unique_id, shownResult(result, sides[index])])),
  );
  if (reports.every((report) => report === undefined)) return;
  differences.compareSets("result", step, Object.keys(dbt), Object.keys(ours));
  for (const [id, left] of Object.entries(dbt))
    if (ours[id] !== undefined) differences.compareDeep("result", `${step}: ${id}`, left, ours[id]);
  const keys = (report) => Object.keys(report ?? {}).sort();
  differences.compare("run_results keys", step, keys(reports[0]), keys(reports[1]));
}

function shownResult(result, side) {
  const { timing, thread_id, execution_time, message, compiled_code, ...rest } = result;
  return {
    ...neutral(rest, side),
    message: neutralMessage(message, side),
    compiled_code: typeof compiled_code === "string" ? collapse(compiled_code) : compiled_code,
    timing: timing?.map((entry) => entry.name),
    "thread_id (type)": typeof thread_id,
    "execution_time (type)": typeof execution_time,
  };
}

function compiledFiles(side) {
  const folder = join(side.target, "compiled");
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".sql"));
  return Object.fromEntries(
    names.map((name) => [name, collapse(readFileSync(join(folder, name), "utf8")).replaceAll(side.project, "PROJECT")]),
  );
}

export function compareCompiled(sides, step, differences) {
  const [dbt, ours] = sides.map(compiledFiles);
  differences.compareSets("compiled file", step, Object.keys(dbt), Object.keys(ours));
  for (const [name, text] of Object.entries(dbt))
    if (ours[name] !== undefined) differences.compare("compiled SQL", `${step}: ${name}`, text, ours[name]);
}

/** What `source freshness` wrote; ages change from second to second. */
export function compareFreshness(sides, step, differences) {
  const [dbt, ours] = bothJson(sides, "sources.json").map((report, index) =>
    Object.fromEntries(
      (report?.results ?? []).map(({ max_loaded_at_time_ago_in_s: age, snapshotted_at: now, ...result }) => [
        result.unique_id,
        { ...shownResult(result, sides[index]), "age (type)": typeof age, "now (type)": typeof now },
      ]),
    ),
  );
  differences.compareSets("freshness", step, Object.keys(dbt), Object.keys(ours));
  for (const [id, left] of Object.entries(dbt))
    if (ours[id] !== undefined) differences.compareDeep("freshness", `${step}: ${id}`, left, ours[id]);
}

export function compareCatalogs(sides, differences) {
  const [dbt, ours] = bothJson(sides, "catalog.json");
  for (const group of ["nodes", "sources"]) {
    const [left, right] = [dbt?.[group] ?? {}, ours?.[group] ?? {}];
    differences.compareSets(`catalog ${group}`, group, Object.keys(left), Object.keys(right));
    for (const [id, table] of Object.entries(left))
      if (right[id] !== undefined) differences.compareDeep("catalog", id, table, right[id]);
  }
}
