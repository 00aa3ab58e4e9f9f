import { deprecated } from "../contracts/deprecations.ts";
import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { Flags } from "../contracts/flags.ts";
import type { Json } from "../contracts/json.ts";
import type { MacroSource, Manifest, ManifestNode } from "../contracts/manifest.ts";
import { parseDate, parseDateTime } from "../context/decode-result.ts";
import type { MacroRegistry } from "../context/macro-registry.ts";
import { usesName } from "../jinja/static-calls.ts";
import { asText, isRecord } from "../shared/objects.ts";
import type { ParseState } from "./parse-state.ts";

const BATCH_SIZES = ["hour", "day", "month", "year"];

/** Marks the models that run in batches, and finds what is missing or wrong in their configs. */
export function checkMicrobatch(state: ParseState): void {
  const { manifest, env } = state;
  const models = Object.values(manifest.nodes).filter(
    ({ config }) => config["materialized"] === "incremental" && config["incremental_strategy"] === "microbatch",
  );
  const own = ownMacro(env.registry, env.invocation.flags);
  if (own !== null) {
    if (models.some((node) => node.resource_type === "model")) state.diagnostics.push(unbatched(own));
    return;
  }
  for (const node of models) {
    const place = { file: node.original_file_path, line: node._line ?? null };
    const wrong = configProblem(node);
    if (wrong !== null) {
      state.diagnostics.push(diagnostic("DH1209", `Microbatch model '${node.name}' ${wrong.text}`, place, wrong.hint));
      continue;
    }
    node._batched = { usesThis: usesName(node.raw_code, "this") };
    checkInputs(state, node);
  }
}

/** A project's own macro is called once for the whole model, as it was before there were batches, until a flag says otherwise. */
function ownMacro(registry: MacroRegistry, flags: Flags): MacroSource | null {
  if (flags["require_batched_execution_for_custom_microbatch_strategy"] === true) return null;
  const macro = registry.find("get_incremental_microbatch_sql", registry.rootPackage);
  return macro === undefined || registry.isInternal(macro.source.package_name) ? null : macro.source;
}

function unbatched(macro: MacroSource): Diagnostic {
  return deprecated(
    "MicrobatchMacroOutsideOfBatchesDeprecation",
    "a get_incremental_microbatch_sql of the project's own builds microbatch models whole",
    { file: macro.original_file_path, line: macro._line, column: macro._column },
    "`flags: {require_batched_execution_for_custom_microbatch_strategy: true}` runs it once a batch.",
  );
}

interface Problem {
  readonly text: string;
  readonly hint: string;
}

/** In dbt's words; the first problem, in dbt's order. A `begin` that is right becomes a moment, as in dbt's manifest. */
function configProblem({ config }: ManifestNode): Problem | null {
  const { event_time: eventTime = null, batch_size: size = null, lookback = null, concurrent_batches = null } = config;
  if (eventTime === null)
    return {
      text: "must provide an 'event_time' (string) config that indicates the name of the event time column.",
      hint: "event_time: <a timestamp column of this model>",
    };
  if (typeof eventTime !== "string")
    return {
      text: `must provide an 'event_time' config of type string, but got: ${pythonType(eventTime)}.`,
      hint: "event_time: <a timestamp column of this model>",
    };
  const begin = beginProblem(config);
  if (begin !== null) return begin;
  if (typeof size !== "string" || !BATCH_SIZES.includes(size))
    return {
      text: `must provide a 'batch_size' config that is one of ['${BATCH_SIZES.join("', '")}'], but got: ${size === null ? "None" : asText(size)}.`,
      hint: "batch_size: day",
    };
  if (lookback !== null && !Number.isInteger(lookback))
    return {
      text: `must provide the optional 'lookback' config as type int, but got: ${pythonType(lookback)}).`,
      hint: "lookback: 1",
    };
  if (concurrent_batches !== null && typeof concurrent_batches !== "boolean")
    return {
      text: `optional 'concurrent_batches' config must be of type \`bool\` if specified, but got: ${pythonType(concurrent_batches)}).`,
      hint: "concurrent_batches: true, or leave it out: dbt then looks whether the model reads its own table.",
    };
  return null;
}

function beginProblem(config: ManifestNode["config"]): Problem | null {
  const { begin = null } = config;
  const hint = "begin: '2024-01-01'";
  if (begin === null)
    return {
      text: "must provide a 'begin' (datetime) config that indicates the earliest timestamp the microbatch model should be built from.",
      hint,
    };
  if (typeof begin !== "string")
    return { text: `must provide a 'begin' config of type datetime, but got: ${pythonType(begin)}.`, hint };
  const moment = isoMoment(begin);
  if (moment === null)
    return { text: `must provide a 'begin' config of valid datetime (ISO format), but got: ${begin}.`, hint };
  config["begin"] = moment;
  return null;
}

/** A moment as Python's isoformat has it; null for a text that is none. */
function isoMoment(text: string): string | null {
  try {
    const date = parseDate(text);
    return date === null ? (parseDateTime(text)?.isoformat("T", "auto") ?? null) : `${date.str()}T00:00:00`;
  } catch {
    // The 30th of February has the form of a date and is none.
    return null;
  }
}

function pythonType(value: Json): string {
  if (Array.isArray(value)) return "<class 'list'>";
  if (isRecord(value)) return value instanceof Number ? "<class 'float'>" : "<class 'dict'>";
  if (typeof value === "number") return `<class '${Number.isInteger(value) ? "int" : "float"}'>`;
  return `<class '${typeof value === "boolean" ? "bool" : "str"}'>`;
}

/** Without an input that is cut to the batch, every batch reads everything. */
function checkInputs(state: ParseState, node: ManifestNode): void {
  const place = { file: node.original_file_path, line: node._line ?? null };
  let isFiltered = false;
  for (const id of node.depends_on.nodes) {
    const input = configOf(state.manifest, id);
    const eventTime = input?.config["event_time"];
    if (input === undefined || eventTime === null || eventTime === undefined || eventTime === "") continue;
    isFiltered = true;
    if (typeof eventTime === "string") continue;
    const message = `Microbatch model '${node.name}' depends on an input node '${input.name}' with an 'event_time' config of invalid (non-string) type: ${pythonType(eventTime)}.`;
    state.diagnostics.push(diagnostic("DH1209", message, place, "event_time: <a timestamp column of that input>"));
  }
  if (isFiltered) return;
  const message = `The microbatch model '${node.name}' has no 'ref' or 'source' input with an 'event_time' configuration. \nThis means no filtering can be applied and can result in unexpected duplicate records in the resulting microbatch model.`;
  const hint = "Give the input whose rows come in batches `event_time: <column>` in its config.";
  state.diagnostics.push(diagnostic("DH1312", message, place, hint, "warning"));
}

function configOf(manifest: Manifest, id: string): Pick<ManifestNode, "name" | "config"> | undefined {
  return manifest.nodes[id] ?? manifest.sources[id];
}
