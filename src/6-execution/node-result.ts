import type { CompiledNode, CompiledText, JobResult } from "../contracts/bridge.ts";
import type { Flags } from "../contracts/flags.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { NodeStatus, RunResult, Timing } from "../contracts/run-result.ts";
import { treatmentOf } from "../contracts/warnings.ts";
import { putForeignKeys } from "../4-compilation/foreign-keys.ts";
import { targetPath } from "../4-compilation/run-context.ts";
import { isNoOp, type RunnableNode } from "./describe-node.ts";
import { nodeError } from "./node-errors.ts";
import type { JobOutcome } from "./render-pool.ts";
import { pseudoPath } from "./run-unit-test.ts";
import { asText } from "../shared/objects.ts";

export interface ResultOptions {
  readonly manifest: Manifest;
  readonly flags: Flags;
  readonly targetPath: string;
  readonly mode: "run" | "compile" | "clone" | "show";
}

/** The result of a job; what it compiled is noted in the manifest. */
export function nodeResult(
  options: ResultOptions,
  node: RunnableNode,
  outcome: JobOutcome & { thread: string },
  startedAt: Date,
): RunResult {
  const endedAt = new Date();
  const compiledAt =
    outcome.ok && outcome.result.compiledAt !== undefined ? new Date(outcome.result.compiledAt) : endedAt;
  const compiled = outcome.ok ? (outcome.result.compiled ?? null) : outcome.error.compiled;
  const compiledPath = compiled === null ? null : compiledPathOf(node, compiled.code, options.targetPath);
  const executed = outcome.ok || compiled !== null || node.resource_type === "unit_test";
  if (compiled !== null) keepCompiled(options, node, compiled);
  else if (!outcome.ok) keepMacros(node, outcome.error.macros);
  const base = {
    unique_id: node.unique_id,
    timing: timing(startedAt, compiledAt, endedAt, executed),
    thread_id: outcome.thread,
    execution_time: (endedAt.getTime() - startedAt.getTime()) / 1000,
    ...compiledFields(node, compiled?.code ?? null, outcome.ok),
    relation_name: "relation_name" in node && node.resource_type !== "seed" ? node.relation_name : null,
    batch_results: null,
  };
  const buildPath = outcome.ok ? outcome.result.buildPath : outcome.error.buildPath;
  if (typeof buildPath === "string" && "build_path" in node) node.build_path = buildPath;
  if (outcome.ok) return { ...base, ...success(options, node, outcome.result) };
  const { message, diagnostic } = nodeError(outcome.error, node, compiledPath);
  return { ...base, status: "error", adapter_response: {}, message, failures: null, diagnostics: [diagnostic] };
}

/** Ephemeral models have no job of their own where only what uses them was selected. */
function keepCompiled(
  { targetPath: target, manifest }: ResultOptions,
  node: RunnableNode,
  { ephemerals = {}, ...text }: CompiledNode,
): void {
  keepText(node, text, compiledPathOf(node, text.code, target));
  if (node.resource_type === "model" && text.foreignKeys !== undefined) putForeignKeys(node, text.foreignKeys);
  for (const [id, own] of Object.entries(ephemerals)) {
    const ephemeral = manifest.nodes[id];
    if (ephemeral !== undefined) keepText(ephemeral, own, compiledPathOf(ephemeral, own.code, target));
  }
}

function success(
  { mode, flags }: ResultOptions,
  node: RunnableNode,
  result: JobResult,
): Pick<RunResult, "status" | "adapter_response" | "message" | "failures"> {
  const response = result.response ?? { _message: "OK" };
  if (result.test !== undefined) {
    const { status, message } = testStatus(node as ManifestNode, result.test, flags);
    // A test that passes has no failures, also where some rows were within its thresholds.
    const failures = status === "pass" ? 0 : result.test.failures;
    return { status, message, failures, adapter_response: response };
  }
  if (result.unitTest !== undefined) {
    const { equal, diff } = result.unitTest;
    if (equal) return { status: "pass", message: null, failures: 0, adapter_response: response };
    return {
      status: "fail",
      message: `\n\nactual differs from expected:\n\n${diff}\n`,
      // However many rows differ, as in dbt.
      failures: 1,
      adapter_response: response,
    };
  }
  if (mode === "compile") return { status: "success", message: null, failures: null, adapter_response: {} };
  if (mode === "clone" && result.response === undefined)
    return { status: "success", message: "No-op", failures: null, adapter_response: {} };
  const message = mode === "show" ? null : response._message;
  return { status: "success", message, failures: null, adapter_response: response };
}

/** The result of what did not run. */
export function emptyResult(node: RunnableNode): RunResult {
  return {
    unique_id: node.unique_id,
    status: "skipped",
    timing: [],
    thread_id: "MainThread",
    execution_time: 0,
    adapter_response: {},
    message: null,
    failures: null,
    ...compiledFields(node, null, false),
    relation_name: "relation_name" in node ? node.relation_name : null,
    batch_results: null,
  };
}

/** Seeds have no text to compile; a unit test that could not run is told of without its text. */
function compiledFields(
  node: RunnableNode,
  code: string | null,
  ok: boolean,
): Pick<RunResult, "compiled" | "compiled_code"> {
  const hasText = node.resource_type === "unit_test" ? ok : node.resource_type !== "seed" && !isNoOp(node);
  return hasText ? { compiled: code !== null, compiled_code: code } : { compiled: null, compiled_code: null };
}

/** What fails while its text is rendered never comes to the second phase. */
export function timing(startedAt: Date, compiledAt: Date, endedAt: Date, executed: boolean): Timing[] {
  const compile = { started_at: startedAt.toISOString(), completed_at: compiledAt.toISOString() };
  const execute = { started_at: compiledAt.toISOString(), completed_at: endedAt.toISOString() };
  return [{ name: "compile", ...compile }, ...(executed ? [{ name: "execute" as const, ...execute }] : [])];
}

/** target/compiled/…, where the node's text was written; null for no text, which dbt writes no file for. */
function compiledPathOf(node: RunnableNode, code: string, target: string): string | null {
  if (code === "") return null;
  const path = node.resource_type === "unit_test" ? pseudoPath(node) : node.path;
  return targetPath({ ...node, path }, "compiled", target);
}

function keepText(node: RunnableNode, compiled: CompiledText, path: string | null): void {
  const { code, ctes, isWithoutCtes = false, macros = [] } = compiled;
  if (!("raw_code" in node) || node.resource_type === "seed") return;
  const own = node;
  own.compiled = true;
  own.compiled_code = code;
  own.extra_ctes = [...ctes];
  own.extra_ctes_injected = !isWithoutCtes;
  own.compiled_path = path;
  keepMacros(own, macros);
}

function keepMacros(node: RunnableNode, macros: readonly string[]): void {
  if ("depends_on" in node) node.depends_on.macros = [...new Set([...node.depends_on.macros, ...macros])];
}

/** Severity and thresholds. Source: https://docs.getdbt.com/reference/resource-configs/severity */
function testStatus(
  node: ManifestNode,
  test: { failures: number; shouldWarn: boolean; shouldError: boolean },
  flags: Flags,
): { status: NodeStatus; message: string | null } {
  const count = `Got ${String(test.failures)} result${test.failures === 1 ? "" : "s"}`;
  const severity = asText(node.config["severity"]).toUpperCase();
  const failIf = (key: string): string => asText(node.config[key]);
  if (severity === "ERROR" && test.shouldError)
    return { status: "fail", message: `${count}, configured to fail if ${failIf("error_if")}` };
  if (!test.shouldWarn) return { status: "pass", message: null };
  if (treatmentOf("LogTestResult", flags) === "error")
    return { status: "fail", message: `${count}, configured to fail if ${failIf("warn_if")}` };
  return { status: "warn", message: `${count}, configured to warn if ${failIf("warn_if")}` };
}
