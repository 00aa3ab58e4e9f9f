import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { METHOD_NAMES } from "../../src/3-graph/selector-methods.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { OTHER_NAMES } from "../../src/cli/flag-names.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { ENGINES } from "../../src/engines/registry.ts";

const ROOT = join(import.meta.dirname, "..", "..");

interface Row {
  readonly name: string;
  readonly second: string;
  readonly state: string;
}

/** The rows of a section's table: first cell without backticks, and the cell that says the state. */
function rowsOf(title: string, stateAt = 1): Row[] {
  const text = readFileSync(join(ROOT, "docs", "compatibility.md"), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    return { name: (cells[1] ?? "").replaceAll("`", ""), second: cells[2] ?? "", state: cells[stateAt + 1] ?? "" };
  });
}

/** Those that the table says are there, in whatever way. */
function there(rows: readonly Row[]): string[] {
  return rows.filter(({ state }) => state !== "not").map(({ name }) => name);
}

/** Commands and their own options that dbt does not have. */
const OURS = {
  commands: /^(plan|route|tables|routing-log|query|ingest|serve|lakehouse .*)$/,
  options: ["--compare-engines", "--offline"],
};
const optionName = (option: string): string => /--[\w-]+/.exec(option)?.[0] ?? "";

test("every state is one of the three, and every other than works has its reason", () => {
  const text = readFileSync(join(ROOT, "docs", "compatibility.md"), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.includes("| state"));
  expect(rows.length).toBeGreaterThan(150);
  expect(rows.filter((line) => !/\| (works|differs|not) \|/.test(line))).toEqual([]);
  expect(rows.filter((line) => /\| (differs|not) \| *\|$/.test(line))).toEqual([]);
});

test("commands", () => {
  const ours = COMMANDS.map(({ name }) => name).filter((name) => !OURS.commands.test(name));
  expect(there(rowsOf("Commands")).sort()).toEqual(ours.sort());
});

test("flags, those of single commands too", () => {
  const own = COMMANDS.filter(({ name }) => !OURS.commands.test(name) && name !== "init").flatMap(
    ({ options = [] }) => options,
  );
  const known = [...FLAGS, ...own].map(({ option }) => optionName(option));
  const all = new Set([...known, ...Object.keys(OTHER_NAMES), "--skip-profile-setup"]);
  for (const ours of OURS.options) all.delete(ours);
  expect(there(rowsOf("Flags")).sort()).toEqual([...all].sort());
});

test("selector methods", () => {
  expect(there(rowsOf("Selector methods")).sort()).toEqual([...METHOD_NAMES].sort());
});

describe.each(["duckdb", "trino"])("engine %s", (type) => {
  test("incremental strategies", () => {
    const rows = rowsOf("Incremental strategies", 2).filter(({ second }) => second === type);
    expect(there(rows).sort()).toEqual([...(ENGINES[type]?.traits.incrementalStrategies ?? [])].sort());
  });
});

test("profile keys that are not there are refused, the others are read", () => {
  for (const { name, state } of rowsOf("Profile keys of DuckDB")) {
    const read = ENGINES["duckdb"]?.readCredentials({ type: "duckdb", [name]: ["x"] }, "/") ?? {};
    expect("problem" in read, name).toBe(state === "not");
  }
  const source = readFileSync(join(ROOT, "src", "engines", "trino", "credentials.ts"), "utf8");
  const unread = there(rowsOf("Profile keys of Trino")).filter((name) => !new RegExp(`\\b${name}\\b`).test(source));
  expect(unread).toEqual([]);
});

test("materializations: those of the built-in packages, and what is no macro", () => {
  const folder = join(ROOT, "src", "builtin");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".sql"));
  const names = files.flatMap((path) =>
    [...readFileSync(join(folder, path), "utf8").matchAll(/^\{%-? materialization (\w+),/gm)].map((match) => match[1]),
  );
  expect(names.length).toBeGreaterThan(10);
  const others = ["ephemeral", "clone", "Python models"];
  const listed = there(rowsOf("Materializations")).filter((name) => !others.includes(name));
  expect(listed.sort()).toEqual([...new Set(names)].filter((name) => name !== "clone").sort());
});
