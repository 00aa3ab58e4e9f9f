import type { Json, JsonObject } from "../contracts/json.ts";
import type { ManifestNode, UnitTestFixture, UnitTestInput, UnitTestNode } from "../contracts/manifest.ts";
import { toPython } from "../context/convert.ts";
import { pyRepr } from "../jinja/values.ts";
import { sha256 } from "../shared/checksum.ts";
import { asText } from "../shared/objects.ts";

/**
 * Checksums that dbt makes of how Python prints its objects. Ours are made of the same texts: else every unit test and
 * every contract would look changed to `state:modified` when the state to compare with was written by dbt.
 */

const FORMATS: Readonly<Record<string, string>> = { csv: "CSV", dict: "Dict", sql: "SQL" };

function object(name: string, fields: readonly (readonly [string, string])[]): string {
  return `${name}(${fields.map(([key, text]) => `${key}=${text}`).join(", ")})`;
}

function repr(value: Json | undefined): string {
  return pyRepr(toPython(value ?? null));
}

function fixture({ rows, format, fixture: file }: UnitTestFixture): [string, string][] {
  const kind = `<UnitTestFormat.${FORMATS[format] ?? format}: ${repr(format)}>`;
  return [
    ["rows", repr(rows)],
    ["format", kind],
    ["fixture", repr(file)],
  ];
}

function input(given: UnitTestInput): string {
  return object("UnitTestInputFixture", [["input", repr(given.input)], ...fixture(given)]);
}

type UnitTestParts = Pick<UnitTestNode, "model" | "given" | "expect" | "overrides" | "versions">;

/** Everything of a unit test but its description. */
export function unitTestChecksum({ model, given, expect, overrides, versions }: UnitTestParts): string {
  const rule = versions as JsonObject | null;
  const parts = [
    model,
    rule === null
      ? "None"
      : object("UnitTestNodeVersions", [
          ["include", repr(rule["include"])],
          ["exclude", repr(rule["exclude"])],
        ]),
    `[${given.map(input).join(", ")}]`,
    object("UnitTestOutputFixture", fixture(expect)),
    overrides === null
      ? "None"
      : object("UnitTestOverrides", [
          ["macros", repr(overrides.macros)],
          ["vars", repr(overrides.vars)],
          ["env_vars", repr(overrides.env_vars)],
        ]),
    ...given.filter((item) => item.fixture !== null).map(({ rows }) => (typeof rows === "string" ? rows : repr(rows))),
  ];
  return sha256(parts.join("-"));
}

function constraint(name: string, data: JsonObject): string {
  const kind = asText(data["type"] ?? null);
  const fields = Object.entries(data).map(
    ([key, value]) => [key, key === "type" ? `<ConstraintType.${kind}: ${repr(kind)}>` : repr(value)] as const,
  );
  return object(name, fields);
}

function constraints(name: string, list: readonly JsonObject[]): string {
  return `[${list.map((data) => constraint(name, data)).join(", ")}]`;
}

/** The columns of an enforced contract in the order of their names, and the constraints that tables can hold. */
export function contractChecksum(node: Pick<ManifestNode, "columns" | "constraints" | "config">): string {
  const columns = Object.values(node.columns).sort((a, b) => (a.name < b.name ? -1 : 1));
  let state = "";
  for (const { name, data_type, constraints: own } of columns)
    state += `|${name}${data_type ?? "None"}${constraints("ColumnLevelConstraint", own)}`;
  const materialized = node.config["materialized"];
  if (materialized === "table" || materialized === "incremental")
    state += `${materialized}${constraints("ModelLevelConstraint", node.constraints ?? [])}`;
  return sha256(state);
}
