import type { ExposureNode, ManifestNode, SavedQueryNode, UnitTestNode } from "../contracts/manifest.ts";
import { asText } from "../shared/objects.ts";

export type RunnableNode = ManifestNode | UnitTestNode | ExposureNode | SavedQueryNode;

/** One definition may be a test of several versions of its model. */
export function unitTestName({ name, version }: UnitTestNode): string {
  return version === null ? name : `${name}_v${String(version)}`;
}

function unitTestTitle(node: UnitTestNode): string {
  return `${node.model}::${unitTestName(node)}`;
}

/** What dbt calls a node in its lines: `sql view model main.stg_customers`, `seed file main.raw`, `test not_null_…`. */
export function describeNode(node: RunnableNode): string {
  if (node.resource_type === "unit_test") return `unit_test ${unitTestTitle(node as UnitTestNode)}`;
  if (isNoOp(node)) return noOpText(node);
  const own = node;
  if (own._transfer !== undefined) return transferText(own._transfer);
  const relation = `${own.schema}.${own.alias}`;
  switch (own.resource_type) {
    case "seed":
      return `seed file ${relation}`;
    case "snapshot":
      return `snapshot ${relation}`;
    case "function":
      return `function ${relation}`;
    case "test":
      return `test ${own.name}`;
    case "operation":
      return `hook: ${own.package_name}.${own.tags[0] ?? ""}.${String((own.index ?? 1) - 1)}`;
    default:
      return `${own.language} ${materialization(own)} model ${relation}`;
  }
}

function transferText({ relation, from, to }: NonNullable<ManifestNode["_transfer"]>): string {
  return `transfer of ${relation} (${from} → ${to.join(", ")})`;
}

/** Reached by a build, not built. */
export function isNoOp(node: RunnableNode): node is ExposureNode | SavedQueryNode {
  return node.resource_type === "exposure" || node.resource_type === "saved_query";
}

function noOpText(node: ExposureNode | SavedQueryNode): string {
  return `${node.resource_type.replace("_", " ")} ${node.name}`;
}

function materialization(node: ManifestNode): string {
  return node._batched === undefined ? asText(node.config["materialized"]) : "microbatch";
}

const MODEL_ENDS: Readonly<Record<string, string>> = {
  success: "OK created",
  "partial success": "PARTIALLY created",
};

/** The part after the number when a node is done: `OK created sql view model …`. */
export function finishedText(node: RunnableNode, status: string, failures: number | null): string {
  const name = node.resource_type === "unit_test" ? unitTestTitle(node as UnitTestNode) : node.name;
  const isTest = node.resource_type === "test" || node.resource_type === "unit_test";
  if (isTest) {
    if (status === "fail" || status === "warn") return `${status.toUpperCase()} ${String(failures ?? 0)} ${name}`;
    return `${status === "pass" ? "PASS" : status === "skipped" ? "SKIP" : "ERROR"} ${name}`;
  }
  if (isNoOp(node)) return `${status === "skipped" ? "SKIP" : "NO-OP"} ${noOpText(node)}`;
  if (node._transfer !== undefined)
    return `${{ success: "OK moved", skipped: "SKIP" }[status] ?? "ERROR moving"} ${transferText(node._transfer)}`;
  if (status === "skipped" && node.resource_type === "function") return `SKIP function ${node.name}`;
  if (status === "skipped") return `SKIP relation ${node.schema}.${node.alias}`;
  const ok = status === "success";
  switch (node.resource_type) {
    case "seed":
      return `${ok ? "OK loaded" : "ERROR loading"} ${describeNode(node)}`;
    case "snapshot":
      return `${ok ? "OK snapshotted" : "ERROR snapshotting"} ${node.schema}.${node.alias}`;
    case "operation":
      return `${ok ? "OK" : "ERROR"} ${describeNode(node)}`;
    default:
      return `${MODEL_ENDS[status] ?? "ERROR creating"} ${describeNode(node)}`;
  }
}
