import type { Bridge, BridgeAnswers, BridgeRequest } from "../contracts/bridge.ts";

export type Resolving = Extract<BridgeRequest, { op: "resolve-ref" | "resolve-source" | "resolve-function" }>;

/** Answers that came along with a job, by `referenceKey`. The manifest is fixed while a command runs: they stay true. */
export type KnownReferences = Map<string, BridgeAnswers[Resolving["op"]]>;

export function referenceKey(request: Resolving): string {
  const { fromPackage } = request;
  if (request.op === "resolve-function") return JSON.stringify(["function", fromPackage, ...request.args]);
  return request.op === "resolve-ref"
    ? JSON.stringify([fromPackage, request.ref.package, request.ref.name, request.ref.version])
    : JSON.stringify([fromPackage, request.source, request.table]);
}

/** What `ref()` or `source()` means. What was not foreseen when the node was parsed is asked for. */
export function resolveReference<R extends Resolving>(
  worker: { readonly bridge: Bridge; readonly references: KnownReferences },
  request: R,
): BridgeAnswers[R["op"]] {
  const key = referenceKey(request);
  const known = worker.references.get(key);
  if (known !== undefined) return known as BridgeAnswers[R["op"]];
  const answer: BridgeAnswers[Resolving["op"]] = worker.bridge.request(request);
  if (answer === null || !("passing" in answer)) worker.references.set(key, answer);
  return answer as BridgeAnswers[R["op"]];
}
