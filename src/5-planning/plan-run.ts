import type {
  ExposureNode,
  GraphNode,
  Manifest,
  ManifestNode,
  SavedQueryNode,
  UnitTestNode,
} from "../contracts/manifest.ts";

type RunnableNode = ManifestNode | UnitTestNode | ExposureNode | SavedQueryNode;

export interface PlannedStep {
  readonly id: string;
  readonly dependsOn: readonly string[];
  /** Null for what is only passed through, so that order holds across it. */
  readonly node: RunnableNode | null;
  /** Ephemeral models are rendered without a line of their own: nothing is built. */
  readonly silent: boolean;
}

export interface PlanOptions {
  readonly manifest: Manifest;
  /** Every vertex with its parents, in an order where parents come first where possible. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly parentsOf: (id: string) => readonly string[];
  readonly childrenOf: (id: string) => readonly string[];
  readonly selected: ReadonlySet<string>;
  /** `build`: what depends on a model waits for the model's tests, and a model for its unit tests. */
  readonly testsGate: boolean;
}

/** What will run, and after what. Pure: the same facts give the same plan. */
export function planRun(options: PlanOptions): PlannedStep[] {
  const extra = options.testsGate ? testEdges(options) : new Map<string, Set<string>>();
  return [...options.nodes.values()].map((node) => ({
    id: node.unique_id,
    dependsOn: [...stepParents(options, node), ...(extra.get(node.unique_id) ?? [])],
    node: isRun(options, node) ? (node as RunnableNode) : null,
    silent: node.resource_type === "model" && node.config["materialized"] === "ephemeral",
  }));
}

const RUNNABLE = new Set([
  "model",
  "seed",
  "snapshot",
  "test",
  "unit_test",
  "analysis",
  "exposure",
  "saved_query",
  "function",
  "operation",
]);

function isRun({ selected }: PlanOptions, node: GraphNode): boolean {
  return selected.has(node.unique_id) && RUNNABLE.has(node.resource_type);
}

function stepParents(options: PlanOptions, node: GraphNode): readonly string[] {
  // A unit test runs on fixtures: in a build it only needs what its model reads, to know the columns' types.
  if (node.resource_type !== "unit_test" || !options.testsGate) return options.parentsOf(node.unique_id);
  return options.parentsOf(node.unique_id).flatMap((model) => options.parentsOf(model));
}

function testEdges(options: PlanOptions): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  const add = (id: string, test: string): void => {
    const known = edges.get(id);
    if (known === undefined) edges.set(id, new Set([test]));
    else known.add(test);
  };
  for (const id of options.selected) {
    const node = options.nodes.get(id);
    if (node?.resource_type === "test") for (const waiting of gatedBy(options, id)) add(waiting, id);
  }
  // A model's unit tests wait for what the model waits for, and the model for them.
  for (const id of options.selected) {
    if (options.nodes.get(id)?.resource_type !== "unit_test") continue;
    for (const model of options.parentsOf(id)) {
      for (const test of edges.get(model) ?? []) if (options.nodes.get(test)?.resource_type === "test") add(id, test);
      add(model, id);
    }
  }
  return edges;
}

/** What waits for tests in a build: of what the manifest has under `nodes` all but tests, so neither exposures nor functions. */
const GATED = new Set(["model", "seed", "snapshot", "analysis", "operation"]);

/** The nodes that must wait for a test: those below everything the test reads. */
function gatedBy(options: PlanOptions, test: string): string[] {
  const parents = [...new Set(options.parentsOf(test))];
  const [first, ...rest] = parents;
  if (first === undefined) return [];
  const isGated = (id: string): boolean => GATED.has(options.nodes.get(id)?.resource_type ?? "");
  if (rest.length === 0) return options.childrenOf(first).filter(isGated);
  const below = rest.map((parent) => descendants(options, parent));
  return [...descendants(options, first)].filter(
    (id) => isGated(id) && !parents.includes(id) && below.every((others) => others.has(id)),
  );
}

function descendants({ childrenOf }: PlanOptions, start: string): Set<string> {
  const found = new Set<string>();
  const edge = [start];
  for (let id = edge.pop(); id !== undefined; id = edge.pop()) {
    for (const child of childrenOf(id)) {
      if (found.has(child)) continue;
      found.add(child);
      edge.push(child);
    }
  }
  return found;
}
