import { fail } from "../../contracts/diagnostic.ts";
import type { GraphNode, Manifest, ManifestNode } from "../../contracts/manifest.ts";
import type { PriorState } from "../../contracts/prior-state.ts";
import type { FreshnessResult } from "../../contracts/run-result.ts";
import { didYouMean } from "../../shared/did-you-mean.ts";
import { Contracts, type Warn } from "./contract-changes.ts";
import {
  isNode,
  sameBody,
  sameConfig,
  sameContents,
  sameContract,
  samePersistedDescriptions,
  sameRelation,
  type Comparing,
} from "./same-contents.ts";

export interface StateMatcherOptions {
  readonly manifest: Manifest;
  /** null: no --state was given. */
  readonly prior: PriorState | null;
  /** Kinds of constraints that the engine enforces. */
  readonly enforcedConstraints: readonly string[];
  readonly internalPackages: readonly string[];
  readonly byUnrendered: boolean;
  readonly now: number;
  readonly warn: Warn;
}

export const STATE_METHODS = ["state", "result", "source_status"];

type Check = (node: GraphNode, old: GraphNode | null) => boolean;

/** `state:`, `result:` and `source_status:`: what an earlier command's artifacts say of a node. */
export class StateMatcher {
  private readonly options: StateMatcherOptions;
  private readonly comparing: Comparing;
  private readonly checks: Readonly<Record<string, Check>>;
  private changedMacros: ReadonlySet<string> | null = null;

  constructor(options: StateMatcherOptions) {
    this.options = options;
    const { enforcedConstraints, now, warn, byUnrendered } = options;
    this.comparing = { contracts: new Contracts(enforcedConstraints, now, warn), warn, byUnrendered };
    this.checks = this.stateChecks();
  }

  /** The test that a method's value stands for. Throws where there is nothing to compare with. */
  matcher(method: string, value: string): (node: GraphNode) => boolean {
    switch (method) {
      case "result":
        return this.results(value);
      case "source_status":
        return this.freshness(value);
      default:
        return this.state(value);
    }
  }

  private state(value: string): (node: GraphNode) => boolean {
    const then =
      this.options.prior?.manifest ??
      noState("a state selector method, but no comparison manifest", this.options.prior, "manifest.json");
    const check = this.checks[value];
    if (check === undefined) {
      const names = Object.keys(this.checks);
      fail(
        "DH1619",
        `Got an invalid selector "${value}", expected one of "${names.join(", ")}"`,
        null,
        didYouMean(value, names),
      );
    }
    if (["modified", "unmodified", "modified.contract"].includes(value)) this.removedContracts(then);
    return (node) => check(node, earlier(then, node.unique_id));
  }

  private stateChecks(): Record<string, Check> {
    const { comparing } = this;
    const ofNodes =
      (same: (node: ManifestNode, old: ManifestNode, comparing: Comparing) => boolean): Check =>
      (node, old) =>
        isNode(node) && (old === null || !same(node, old as ManifestNode, comparing));
    const modified: Check = (node, old) => {
      const isSame = sameContents(node, old, comparing);
      return this.hasChangedMacro(node) || !isSame;
    };
    return {
      new: (_, old) => old === null,
      old: (_, old) => old !== null,
      modified,
      unmodified: (node, old) => !modified(node, old),
      "modified.body": ofNodes(sameBody),
      "modified.configs": (node, old) => node.resource_type !== "unit_test" && (old === null || !sameConfig(node, old)),
      "modified.persisted_descriptions": ofNodes(samePersistedDescriptions),
      "modified.relation": (node, old) =>
        (isNode(node) || node.resource_type === "source") && (old === null || !sameRelation(node, old, comparing)),
      "modified.macros": (node) => this.hasChangedMacro(node),
      "modified.contract": ofNodes(sameContract),
    };
  }

  /** Models with a contract that are gone: nothing is selected for them, but they break who reads them. */
  private removedContracts(then: Manifest): void {
    const { manifest } = this.options;
    for (const [id, old] of Object.entries(then.nodes)) {
      const disabled = manifest.disabled[id]?.[0];
      if (disabled !== undefined) this.comparing.contracts.removed(disabled as ManifestNode);
      else if (manifest.nodes[id] === undefined) this.comparing.contracts.removed(old);
    }
  }

  private hasChangedMacro(node: GraphNode): boolean {
    const changed = (this.changedMacros ??= this.findChangedMacros());
    if (changed.size === 0 || !("depends_on" in node)) return false;
    refuseWithoutMacro(node);
    const seen = new Set<string>();
    const waiting = [...((node.depends_on as { macros?: string[] }).macros ?? [])];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (changed.has(id)) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      waiting.push(...(this.options.manifest.macros[id]?.depends_on.macros ?? []));
    }
    return false;
  }

  /** The built-in macros belong to the program that wrote the state: they do not change with a project. */
  private findChangedMacros(): ReadonlySet<string> {
    const { manifest, prior, internalPackages } = this.options;
    const then = prior?.manifest?.macros ?? {};
    const isOwn = (id: string): boolean => !internalPackages.includes(id.split(".")[1] ?? "");
    const changed = Object.entries(manifest.macros).filter(([id, { macro_sql }]) => macro_sql !== then[id]?.macro_sql);
    const gone = Object.keys(then).filter((id) => manifest.macros[id] === undefined);
    return new Set([...changed.map(([id]) => id), ...gone].filter(isOwn));
  }

  private results(status: string): (node: GraphNode) => boolean {
    const results =
      this.options.prior?.results ?? noState("No comparison run_results", this.options.prior, "run_results.json");
    const ids = new Set(results.filter((result) => result.status === status).map((result) => result.unique_id));
    return (node) => ids.has(node.unique_id);
  }

  private freshness(value: string): (node: GraphNode) => boolean {
    const { prior } = this.options;
    const before =
      prior?.sources ??
      noState("No previous state comparison freshness results in sources.json", prior, "sources.json");
    const now = prior?.sourcesNow;
    if (now === null || now === undefined)
      fail(
        "DH1620",
        "No current state comparison freshness results in sources.json",
        null,
        "Run `source freshness` first: it writes sources.json into target/.",
      );
    if (value !== "fresher") return () => false;
    const then = new Map(before.map((result) => [result.unique_id, loadedAt(result)]));
    const fresher = new Set(
      now.flatMap((result) => {
        const [is, was] = [loadedAt(result), then.get(result.unique_id) ?? null];
        return is !== null && (was === null || is > was) ? [result.unique_id] : [];
      }),
    );
    return (node) => fresher.has(node.unique_id);
  }
}

/** A test whose macro is gone cannot be run, and whether it changed cannot be said. */
function refuseWithoutMacro(node: GraphNode): void {
  const test = isNode(node) ? node.test_metadata : undefined;
  if (test === undefined || !isNode(node)) return;
  if (node.depends_on.macros.some((id) => id.split(".")[2] === `test_${test.name}`)) return;
  fail(
    "DH1630",
    `'${node.name}' depends on a generic test that does not exist: ${test.name}`,
    { file: node.original_file_path, line: node._line ?? null, column: node._column ?? null },
    "It may have been removed while it is still used. Is its package installed (`duckhouse-dbt deps`)?",
  );
}

function noState(message: string, prior: PriorState | null, file: string): never {
  fail(
    "DH1620",
    message.startsWith("a ") ? `Got ${message}` : message,
    null,
    prior === null
      ? "Name the folder with the earlier command's artifacts: --state DIR, or DBT_STATE."
      : `There is no ${file} in '${prior.folder}'.`,
  );
}

function earlier(then: Manifest, id: string): GraphNode | null {
  for (const map of [
    ...[then.nodes, then.sources, then.exposures, then.metrics, then.semantic_models, then.unit_tests],
    ...[then.saved_queries, then.functions],
  ]) {
    const found = (map as Record<string, GraphNode | undefined>)[id];
    if (found !== undefined) return found;
  }
  return null;
}

/** Microseconds since 1970; null where the age could not be measured. */
function loadedAt({ max_loaded_at: text }: FreshnessResult): number | null {
  if (text === undefined || text === "") return null;
  const micros = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? "";
  return Date.parse(text) * 1000 + Number(micros.padEnd(3, "0"));
}
