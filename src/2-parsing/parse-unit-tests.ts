import { parse } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { diagnostic, fail } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type {
  ManifestNode,
  UnitTestFixture,
  UnitTestInput,
  UnitTestNode,
  UnitTestOverrides,
} from "../contracts/manifest.ts";
import type { SourceFile } from "../contracts/project.ts";
import { asList, isRecord } from "../shared/objects.ts";
import { checkConfig } from "./config-values.ts";
import { unitTestChecksum } from "./dbt-checksums.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import type { PropertyEntry } from "./property-files.ts";
import { compareVersions } from "../shared/compare-versions.ts";

/** Unit tests: what goes in, what must come out. A test of a versioned model becomes one test a version. */
export function parseUnitTests(state: ParseState): void {
  checkFixtureNames(state);
  for (const entry of state.properties.ofKey("unit_tests")) {
    collecting(state, `unit test ${entry.name}`, entry.file.originalPath, () => addUnitTests(state, entry));
  }
}

/** A fixture is named by its file, wherever below the test paths that is. */
function checkFixtureNames(state: ParseState): void {
  const known = new Map<string, SourceFile>();
  for (const file of state.project.files.filter(({ kind }) => kind === "fixture")) {
    const name = parse(file.originalPath).name;
    const other = known.get(`${file.packageName}.${name}`);
    known.set(`${file.packageName}.${name}`, file);
    if (other === undefined) continue;
    const text = `dbt found two fixtures with the name "${name}": ${other.originalPath} and ${file.originalPath}.`;
    state.diagnostics.push(diagnostic("DH1205", text, { file: file.originalPath }, "Rename one."));
  }
}

function addUnitTests(state: ParseState, entry: PropertyEntry): void {
  const test = unitTestNode(state, entry);
  for (const version of versionsOf(state, test)) {
    const suffix = version === null ? "" : `_v${String(version)}`;
    const node: UnitTestNode = {
      ...test,
      version,
      unique_id: `${test.unique_id}${suffix}`,
      depends_on: { macros: [], nodes: [] },
    };
    if (node.config["enabled"] === false) (state.manifest.disabled[node.unique_id] ??= []).push(node);
    else if (state.manifest.unit_tests[node.unique_id] !== undefined)
      fail("DH1205", `dbt found two unit_tests with the name "${entry.name}".`, entry.placeOf([]), "Rename one.");
    else state.manifest.unit_tests[node.unique_id] = node;
  }
}

function versionsOf(state: ParseState, test: UnitTestNode): (string | number | null)[] {
  const own = Object.values(state.manifest.nodes)
    .filter(
      (node) => node.resource_type === "model" && node.name === test.model && node.package_name === test.package_name,
    )
    .flatMap((node) => (node.version === null || node.version === undefined ? [] : [node.version]))
    .sort(compareVersions);
  if (own.length === 0) return [null];
  const rule = versionRule(test);
  const include = rule["include"] === undefined ? null : asList(rule["include"] as Json[]).map(String);
  const exclude = asList(rule["exclude"] as Json[]).map(String);
  return own.filter(
    (version) => (include === null || include.includes(String(version))) && !exclude.includes(String(version)),
  );
}

function versionRule({ versions }: UnitTestNode): JsonObject {
  return isRecord(versions) ? versions : {};
}

/** What a unit test has to say for the model that it is of. */
export function checkUnitTest(test: UnitTestNode, model: ManifestNode): string | null {
  const { include, exclude } = versionRule(test);
  if (include && exclude) return "Unit tests can not both include and exclude versions.";
  if ((model.version ?? null) === null && (include || exclude))
    return `Unit test '${test.name}' should not have a versions include or exclude when referencing non-versioned model '${model.name}'`;
  if (!model.depends_on.macros.includes("macro.dbt.is_incremental")) return null;
  const isIncremental = test.overrides?.macros["is_incremental"];
  if (typeof isIncremental !== "boolean")
    return `Boolean override for 'is_incremental' must be provided for unit test '${test.name}' in model '${model.name}'`;
  if (isIncremental && !test.given.some(({ input }) => input === "this"))
    return `Unit test '${test.name}' for incremental model '${model.name}' must have a 'this' input`;
  return null;
}

function unitTestNode(state: ParseState, entry: PropertyEntry): UnitTestNode {
  const { data, file } = entry;
  const model = data["model"];
  if (typeof model !== "string")
    fail("DH1304", `Unit test '${entry.name}' needs the name of a model`, entry.placeOf([]));
  const fqn = [file.packageName, ...file.originalPath.split("/").slice(1, -1), model, entry.name];
  const config = state.configs.build({
    resourceType: "unit_test",
    packageName: file.packageName,
    fqn,
    properties: isRecord(data["config"]) ? data["config"] : {},
    inFile: {},
  });
  checkConfig("unit_test", entry.name, config, entry.placeOf(["config"]));
  const given = asList(data["given"] as Json[]).map((item, index) => readInput(state, entry, item, index));
  const expect = readFixture(state, entry, isRecord(data["expect"]) ? data["expect"] : {}, ["expect"]);
  const overrides = readOverrides(data["overrides"]);
  const versions = data["versions"] ?? null;
  const place = entry.placeOf([]);
  return {
    model,
    given,
    expect,
    name: entry.name,
    resource_type: "unit_test",
    package_name: file.packageName,
    path: file.relativePath,
    original_file_path: file.originalPath,
    unique_id: `unit_test.${file.packageName}.${model}.${entry.name}`,
    fqn,
    description: typeof data["description"] === "string" ? data["description"] : "",
    overrides,
    depends_on: { macros: [], nodes: [] },
    config,
    checksum: unitTestChecksum({ model, given, expect, overrides, versions }),
    schema: null,
    created_at: state.createdAt,
    versions: isRecord(versions) ? { include: null, exclude: null, ...versions } : versions,
    version: null,
    _line: place.line ?? 1,
  };
}

function readOverrides(value: Json | undefined): UnitTestOverrides | null {
  if (!isRecord(value)) return null;
  const part = (key: string): JsonObject => (isRecord(value[key]) ? value[key] : {});
  return { macros: part("macros"), vars: part("vars"), env_vars: part("env_vars") };
}

function readInput(state: ParseState, entry: PropertyEntry, item: Json, index: number): UnitTestInput {
  const input = isRecord(item) ? item["input"] : undefined;
  if (typeof input !== "string")
    fail(
      "DH1305",
      `Input ${String(index + 1)} of unit test '${entry.name}' needs \`input: ref('…')\``,
      entry.placeOf(["given", index]),
    );
  return { input, ...readFixture(state, entry, item as JsonObject, ["given", index]) };
}

/** Rows as written, or read from a fixture file, in the form the macros take: a list of mappings, or SQL text. */
function readFixture(
  state: ParseState,
  entry: PropertyEntry,
  data: JsonObject,
  at: (string | number)[],
): UnitTestFixture {
  const format = typeof data["format"] === "string" ? data["format"] : "dict";
  const fixture = typeof data["fixture"] === "string" ? data["fixture"] : null;
  const rows = data["rows"] ?? null;
  const wrong = (message: string): never => fail("DH1306", `Unit test '${entry.name}': ${message}`, entry.placeOf(at));
  switch (format) {
    case "dict":
      if (rows !== null && !Array.isArray(rows)) return wrong("rows must be a list of mappings (format: dict)");
      return { rows: rows === null ? rows : completeRowFirst(rows), format, fixture };
    case "csv": {
      const text = fixture === null ? rows : fixtureText(state, entry, fixture, ".csv", wrong);
      if (typeof text !== "string") return wrong("rows must be CSV text (format: csv)");
      return { rows: completeRowFirst(csvRows(text)), format, fixture };
    }
    case "sql": {
      const text = fixture === null ? rows : fixtureText(state, entry, fixture, ".sql", wrong);
      if (typeof text !== "string") return wrong("rows must be SQL text (format: sql)");
      return { rows: text, format, fixture };
    }
    default:
      return wrong(`unknown format '${format}': use dict, csv or sql`);
  }
}

function fixtureText(
  state: ParseState,
  entry: PropertyEntry,
  name: string,
  ending: string,
  wrong: (message: string) => never,
): string {
  const file = state.project.files.find(
    (candidate: SourceFile) =>
      candidate.kind === "fixture" &&
      candidate.packageName === entry.file.packageName &&
      candidate.relativePath.endsWith(`/${name}${ending}`),
  );
  return (
    file?.text.trim() ??
    wrong(`file not found for fixture '${name}' (looked for fixtures/${name}${ending} below the test paths)`)
  );
}

/** Empty cells of a CSV fixture are null. */
function csvRows(text: string): Json[] {
  const rows: Record<string, string>[] = parseCsv(text.trim(), {
    columns: true,
    skip_empty_lines: true,
    relax_column_count: true,
  });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === "" ? null : value])),
  );
}

/** A row without nulls goes first, because engines take column types from it. */
function completeRowFirst(rows: Json[]): Json[] {
  const index = rows.findIndex((row) => isRecord(row) && Object.values(row).every((value) => value !== null));
  if (index <= 0) return rows;
  // The two rows change places, so that the others keep theirs.
  return rows.with(0, rows[index] ?? null).with(index, rows[0] ?? null);
}
