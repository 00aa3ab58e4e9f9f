import type { NodeConfig } from "../contracts/manifest.ts";
import type { QueryShape } from "../contracts/query-shape.ts";
import type { InputFacts, RouterSettings } from "../contracts/routing.ts";

/** What the rules know of a node. A fact that is not known is null, and a rule that needs it stays silent. */
export interface RuleFacts {
  readonly name: string;
  readonly schema: string;
  /** The file, relative to its search path: `staging/a.sql`. */
  readonly path: string;
  readonly config: NodeConfig;
  /** Does the node's own config ask for a table in a catalog? */
  readonly wantsCatalog: boolean;
  readonly inputs: readonly InputFacts[];
  readonly shape: QueryShape | null;
  readonly settings: RouterSettings;
  readonly engines: readonly string[];
  readonly defaultEngine: string;
  /** Why an engine cannot run the node, by engine; absent: it can. */
  readonly impossible: Readonly<Record<string, string>>;
  /** Where a text that means different things to the engines is safe, and why. */
  readonly safeOnly: { readonly engine: string; readonly reason: string } | null;
}

export interface Verdict {
  readonly engine: string;
  readonly reason: string;
}

export interface Rule {
  readonly name: string;
  /** Null: the rule has nothing to say. */
  readonly speak: (facts: RuleFacts) => Verdict | null;
}

/** The engine that works in this process, and the one that works on many machines. */
export const LOCAL = "duckdb";
const LARGE = "trino";

/** Materializations that only one engine has. */
export const ONLY_ON: Readonly<Record<string, string>> = {
  external: LOCAL,
  table_function: LOCAL,
  materialized_view: LARGE,
};

/** In this order; the first that speaks decides. */
export const RULES: readonly Rule[] = [
  { name: "only-engine", speak: onlyEngine },
  { name: "config", speak: pinned },
  { name: "dialect", speak: ({ safeOnly }) => safeOnly },
  { name: "latency", speak: latency },
  { name: "staging", speak: staging },
  { name: "iceberg", speak: iceberg },
  { name: "rows", speak: rows },
  { name: "joins", speak: joins },
  { name: "complexity", speak: complexity },
  { name: "analytical", speak: analytical },
  { name: "local-tables", speak: localTables },
  { name: "small", speak: small },
  { name: "unknown", speak: unknown },
  { name: "default", speak: ({ defaultEngine }) => to(defaultEngine, "no rule speaks") },
];

/** Source of the numbers and the order: docs/routing.md. Never fails: the last rule always speaks. */
export function chooseEngine(facts: RuleFacts): Verdict & { readonly rule: string } {
  for (const rule of RULES) {
    const verdict = rule.speak(facts);
    // An engine that cannot run the node is never chosen; `only-engine` has said so before.
    if (verdict !== null && facts.engines.includes(verdict.engine)) return { ...verdict, rule: rule.name };
  }
  throw new Error("bug: no rule spoke");
}

/** The engine that a node's config names; null: none, or `auto`, which leaves it to the rules. */
export function pinOf(config: NodeConfig): string | null {
  const pin = config["engine"] ?? config["adapter"];
  return typeof pin === "string" && pin !== "" && pin !== "auto" ? pin.toLowerCase() : null;
}

function onlyEngine({ engines, impossible, config }: RuleFacts): Verdict | null {
  const possible = engines.filter((engine) => impossible[engine] === undefined);
  const [only] = possible;
  if (only === undefined || possible.length > 1) return null;
  const pin = pinOf(config);
  if (engines.length === 1)
    return to(only, `the target has one engine${pin === null || pin === only ? "" : `; the config's ${pin} is noted`}`);
  return to(only, Object.values(impossible).join("; "));
}

function pinned({ config, engines }: RuleFacts): Verdict | null {
  const pin = pinOf(config);
  return pin !== null && engines.includes(pin) ? to(pin, `its config says engine: ${pin}`) : null;
}

function latency(facts: RuleFacts): Verdict | null {
  if (facts.settings.latency !== "low" && facts.config["latency"] !== "low") return null;
  const count = knownRows(facts.inputs);
  const limit = facts.settings.max_duckdb_rows;
  if (count === null || count > limit) return null;
  return to(LOCAL, `low latency is asked for, and the input is ${rowsText(count)} (limit ${rowsText(limit)})`);
}

function staging(facts: RuleFacts): Verdict | null {
  if (!allLocal(facts.inputs)) return null;
  const { staging_folders: folders, staging_prefixes: prefixes } = facts.settings;
  const parts = [...facts.path.split("/").slice(0, -1), facts.schema].map((part) => part.toLowerCase());
  const folder = folders.find((name) => parts.some((part) => part === name || part.endsWith(`_${name}`)));
  const prefix = prefixes.find((start) => facts.name.toLowerCase().startsWith(start));
  if (folder === undefined && prefix === undefined) return null;
  return to(LOCAL, `staging (${folder === undefined ? `${prefix ?? ""}*` : folder}) over local inputs`);
}

function iceberg({ inputs, wantsCatalog }: RuleFacts): Verdict | null {
  const input = inputs.find(({ lives_on }) => lives_on === "iceberg" || lives_on === "trino");
  if (input !== undefined)
    return to(LARGE, `${input.name} is ${input.lives_on === "iceberg" ? "an Iceberg table" : "on Trino"}`);
  return wantsCatalog ? to(LARGE, "its config asks for an Iceberg table") : null;
}

function rows({ inputs, settings }: RuleFacts): Verdict | null {
  const known = inputs.filter((input) => input.rows !== null);
  const sum = known.reduce((total, input) => total + (input.rows ?? 0), 0);
  if (known.length === 0 || sum <= settings.max_duckdb_rows) return null;
  return to(LARGE, `input of ${rowsText(sum)} (limit ${rowsText(settings.max_duckdb_rows)})`);
}

function joins({ shape, settings }: RuleFacts): Verdict | null {
  const count = shape?.joined_tables ?? null;
  if (count === null || count <= settings.max_duckdb_joined_tables) return null;
  return to(
    LARGE,
    `${String(count)} relations joined in one block (limit ${String(settings.max_duckdb_joined_tables)})`,
  );
}

function complexity({ shape, settings }: RuleFacts): Verdict | null {
  const score = shape?.complexity ?? null;
  if (score === null || score < settings.max_duckdb_complexity) return null;
  return to(LARGE, `complexity ${score.toFixed(1)} (limit ${settings.max_duckdb_complexity.toFixed(1)})`);
}

function analytical({ shape, inputs, settings }: RuleFacts): Verdict | null {
  const count = knownRows(inputs);
  if (shape?.known !== true || count === null || count < settings.analytical_min_rows) return null;
  const operations = (shape.windows ?? 0) + (shape.aggregates ?? 0);
  if (operations < settings.analytical_min_ops) return null;
  return to(LARGE, `${String(operations)} windows and aggregates over ${rowsText(count)}`);
}

function localTables({ inputs }: RuleFacts): Verdict | null {
  return allLocal(inputs) ? to(LOCAL, inputs.length === 0 ? "it reads no table" : "all inputs are local") : null;
}

function small({ inputs, settings }: RuleFacts): Verdict | null {
  const count = knownRows(inputs);
  if (count === null || count > settings.max_duckdb_rows) return null;
  return to(LOCAL, `input of ${rowsText(count)} (limit ${rowsText(settings.max_duckdb_rows)})`);
}

function unknown({ inputs, shape, defaultEngine }: RuleFacts): Verdict | null {
  const missing = inputs
    .filter((input) => input.rows === null || input.lives_on === "unknown")
    .map((input) => `the ${input.lives_on === "unknown" ? "place" : "rows"} of ${input.name}`);
  if (shape !== null && !shape.known) missing.push(`the query (${shape.unknown_reason ?? "unreadable"})`);
  return missing.length === 0 ? null : to(defaultEngine, `unknown: ${missing.join(", ")}`);
}

function to(engine: string, reason: string): Verdict {
  return { engine, reason };
}

/** The sum; null where any is unknown. */
export function knownRows(inputs: readonly InputFacts[]): number | null {
  let sum = 0;
  for (const { rows: count } of inputs) {
    if (count === null) return null;
    sum += count;
  }
  return sum;
}

function allLocal(inputs: readonly InputFacts[]): boolean {
  return inputs.every(({ lives_on }) => lives_on === "duckdb" || lives_on === "file");
}

function rowsText(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
}
