import { targetPath } from "../4-compilation/run-context.ts";
import { describeNode, finishedText } from "../6-execution/describe-node.ts";
import { nodeError } from "../6-execution/node-errors.ts";
import { emptyResult } from "../6-execution/node-result.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { publicNode } from "../context/node-relation.ts";
import type { Execution } from "./execution.ts";
import { isFailure } from "./run-summary.ts";
import type { Session } from "./session.ts";

interface HookFacts {
  readonly results?: readonly RunResult[];
}

export interface HooksRan {
  readonly results: RunResult[];
  /** A hook failed before it had a statement: the command could not run, which is more than that one statement failed. */
  readonly isBroken: boolean;
}

interface HookRan {
  readonly result: RunResult;
  readonly isBroken: boolean;
}

/** Runs the on-run-start or on-run-end hooks of the root project and its packages, one after the other. */
export async function runHooks(
  session: Session,
  execution: Execution,
  kind: "on-run-start" | "on-run-end",
  given: HookFacts,
): Promise<HooksRan> {
  const hooks = orderedHooks(session, kind);
  const results: RunResult[] = [];
  if (hooks.length === 0) return { results, isBroken: false };
  const extra = kind === "on-run-end" ? hookContext(session, given) : {};
  let [failed, isBroken] = [false, false];
  for (const [index, node] of hooks.entries()) {
    // From here on dbt counts them all, from 1.
    node.index = index + 1;
    const ran: HookRan = failed
      ? { result: skipped(node), isBroken: false }
      : await runHook(session, execution, node, extra, index + 1, hooks.length);
    failed ||= ran.result.status === "error";
    isBroken ||= ran.isBroken;
    results.push(ran.result);
  }
  session.invocation.emit({ kind: "log", level: "info", message: "" });
  return { results, isBroken };
}

/** Whether the root project or a package has hooks of the kind. */
export function hasHooks(session: Session, kind: "on-run-start" | "on-run-end"): boolean {
  return orderedHooks(session, kind).length > 0;
}

/** The root project's, then packages by name, each hook in its place there: as dbt, at the start and at the end. */
function orderedHooks(session: Session, kind: string): ManifestNode[] {
  const hooks = Object.values(session.manifest.nodes).filter(
    (node) => node.resource_type === "operation" && node.tags.includes(kind),
  );
  const rank = (node: ManifestNode): number => (node.package_name === session.facts.projectName ? 0 : 1);
  const byName = (a: ManifestNode, b: ManifestNode): number =>
    a.package_name < b.package_name ? -1 : a.package_name > b.package_name ? 1 : 0;
  return hooks.sort((a, b) => rank(a) - rank(b) || byName(a, b) || (a.index ?? 0) - (b.index ?? 0));
}

/** `results`, `schemas` and `database_schemas`, which on-run-end hooks may use. */
function hookContext(session: Session, { results = [] }: HookFacts): JsonObject {
  const built = results.filter((result) => !isFailure(result) && result.status !== "skipped");
  const nodes = built
    .flatMap((result) => session.manifest.nodes[result.unique_id] ?? [])
    .filter((node) => node.relation_name !== null);
  const schemas = [...new Set(nodes.map((node) => node.schema))];
  const pairs = [
    ...new Map(nodes.map((node) => [`${node.database ?? ""}.${node.schema}`, [node.database, node.schema]])).values(),
  ];
  const withNodes = results.map((result) => ({
    ...result,
    node: publicNode(session.manifest.nodes[result.unique_id] ?? session.manifest.unit_tests[result.unique_id] ?? {}),
  }));
  return { results: withNodes, schemas, database_schemas: pairs } as unknown as JsonObject;
}

async function runHook(
  session: Session,
  execution: Execution,
  node: ManifestNode,
  extra: JsonObject,
  index: number,
  total: number,
): Promise<HookRan> {
  const { emit } = session.invocation;
  const startedAt = new Date();
  emit({ kind: "node-start", nodeId: node.unique_id, description: `START ${describeNode(node)}`, index, total });
  const outcome = await execution.pool.run({ kind: "hook", node, extra }, node.unique_id);
  const endedAt = new Date();
  const compiled = (outcome.ok ? outcome.result.compiled : outcome.error.compiled) ?? null;
  if (compiled !== null) {
    // A hook that leaves nothing has no file.
    const compiled_path = compiled.code === "" ? null : targetPath(node, "compiled", session.facts.targetPath);
    Object.assign(node, { compiled: true, compiled_code: compiled.code, extra_ctes_injected: true, compiled_path });
  }
  const failure = outcome.ok ? null : nodeError(outcome.error, node, null);
  const name = hookName(node);
  const status = outcome.ok ? "success" : "error";
  const result: RunResult = {
    unique_id: node.unique_id,
    status,
    timing: [
      { name: "compile", started_at: startedAt.toISOString(), completed_at: startedAt.toISOString() },
      { name: "execute", started_at: startedAt.toISOString(), completed_at: endedAt.toISOString() },
    ],
    thread_id: outcome.thread,
    execution_time: (endedAt.getTime() - startedAt.getTime()) / 1000,
    adapter_response: {},
    message: outcome.ok ? `${name} passed` : `${name} failed, error:\n ${outcome.error.message}`,
    failures: outcome.ok ? 0 : 1,
    compiled: true,
    compiled_code: compiled?.code ?? null,
    relation_name: null,
    batch_results: null,
    ...(failure === null ? {} : { diagnostics: [failure.diagnostic] }),
  };
  emit({
    kind: "node-finish",
    nodeId: node.unique_id,
    description: finishedText(node, status, null),
    status,
    label: outcome.ok ? "OK" : "ERROR",
    index,
    total,
    seconds: result.execution_time,
  });
  return { result, isBroken: !outcome.ok && outcome.error.compiled === null };
}

function kindOf(node: ManifestNode): string {
  return node.tags[0] ?? "";
}

function hookName(node: ManifestNode): string {
  return `${node.package_name}.${kindOf(node)}.${String((node.index ?? 1) - 1)}`;
}

function skipped(node: ManifestNode): RunResult {
  return { ...emptyResult(node), message: `${hookName(node)} skipped`, failures: 1, relation_name: null };
}
