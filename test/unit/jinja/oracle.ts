import { renderTemplate } from "../../../src/entry/jinja.ts";
import { JinjaError } from "../../../src/jinja/errors.ts";
import { pythonModules } from "../../../src/jinja/stdlib/modules.ts";
import { jsonDumps, jsonLoads } from "../../../src/jinja/stdlib/json.ts";
import {
  PyDict,
  PyObject,
  pyRepr,
  pyStr,
  PySet,
  truthy,
  type HostFunction,
  type Value,
} from "../../../src/jinja/values.ts";

/** One case of the oracle: what Jinja2 in dbt's set-up made of it. */
export interface OracleCase {
  readonly template: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly macros?: readonly string[];
  readonly native?: boolean;
  readonly modules?: boolean;
  readonly out?: unknown;
  readonly error?: readonly [type: string, message: string];
}

export interface Outcome {
  readonly out?: unknown;
  readonly error?: readonly [type: string, message: string];
}

/** The form in which scripts/jinja-oracle.py writes native values. */
function shown(value: unknown): unknown {
  if (typeof value === "bigint") return { __int__: value.toString() };
  if (value instanceof PyObject || value instanceof PySet || typeof value === "function")
    return { __repr__: pyRepr(value as Value) };
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value === undefined ? { __repr__: "Undefined" } : value;
  const record = value as Record<string, unknown>;
  const { __float__: float } = record;
  if (typeof float === "number" && !Number.isFinite(float))
    return { __float__: Number.isNaN(float) ? "nan" : float > 0 ? "inf" : "-inf" };
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, shown(item)]));
}

const toJson: HostFunction = (args, kwargs) =>
  jsonDumps(args[0] ?? null, { sortKeys: truthy(kwargs["sort_keys"] ?? false) });
const fromJson: HostFunction = (args) => jsonLoads(pyStr(args[0] ?? null));

/** Integers beyond JSON's travel as texts. */
function withBigInts(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => {
      const text =
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)["__int__"] : undefined;
      return [name, typeof text === "string" ? BigInt(text) : value];
    }),
  );
}

/** Context entries that are no JSON: values of the engine, handed through as they are. */
function helpers(): Record<string, unknown> {
  const tools = PyDict.from({ to: toJson, from: fromJson });
  return { modules: pythonModules(() => undefined), json_: tools };
}

export function run(test: OracleCase): Outcome {
  try {
    const context = { ...withBigInts(test.context ?? {}), ...(test.modules === true ? helpers() : {}) };
    const template =
      test.modules === true
        ? test.template.replaceAll("tojson_(", "json_.to(").replaceAll("fromjson_(", "json_.from(")
        : test.template;
    const out = renderTemplate(template, context, { macros: test.macros ?? [], native: test.native ?? false });
    return { out: shown(out) };
  } catch (error) {
    if (error instanceof JinjaError) return { error: [error.pythonType, error.message] };
    throw error;
  }
}
