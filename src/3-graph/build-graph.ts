import { Graph, alg } from "@dagrejs/graphlib";
import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { GraphNode, Manifest } from "../contracts/manifest.ts";

/** The DAG of a manifest: an edge goes from a parent to what depends on it. */
export class ProjectGraph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  private drawn: Graph | null = null;

  constructor(nodes: ReadonlyMap<string, GraphNode>) {
    this.nodes = nodes;
  }

  /** Drawn when somebody asks for an edge: a list of all nodes does not. */
  private get graph(): Graph {
    return (this.drawn ??= draw(this.nodes));
  }

  parents(id: string): string[] {
    return this.graph.predecessors(id) ?? [];
  }

  children(id: string): string[] {
    return this.graph.successors(id) ?? [];
  }

  /** Everything reachable upwards (or downwards) in at most `depth` steps; null = all. */
  reach(start: Iterable<string>, direction: "parents" | "children", depth: number | null): Set<string> {
    const found = new Set<string>();
    let edge = [...start];
    for (let step = 0; edge.length > 0 && (depth === null || step < depth); step++) {
      const next: string[] = [];
      for (const id of edge) {
        for (const neighbour of this[direction](id)) {
          if (found.has(neighbour)) continue;
          found.add(neighbour);
          next.push(neighbour);
        }
      }
      edge = next;
    }
    return found;
  }

  cycles(): string[][] {
    return alg.findCycles(this.graph);
  }
}

function draw(nodes: ReadonlyMap<string, GraphNode>): Graph {
  const graph = new Graph({ directed: true });
  for (const id of nodes.keys()) graph.setNode(id);
  for (const [id, node] of nodes)
    for (const parent of parentsOf(node)) if (nodes.has(parent)) graph.setEdge(parent, id);
  return graph;
}

export function parentsOf(node: GraphNode): readonly string[] {
  return "depends_on" in node ? node.depends_on.nodes : [];
}

/**
 * Every vertex of a manifest: nodes, sources, exposures, unit tests and the semantic resources. Tests of what is not
 * there are in the manifest, but nothing runs them.
 */
export function buildGraph(manifest: Manifest): ProjectGraph {
  const all: GraphNode[] = [
    ...Object.values(manifest.nodes).filter((node) => node.config["enabled"] !== false),
    ...Object.values(manifest.sources),
    ...Object.values(manifest.exposures),
    ...Object.values(manifest.unit_tests),
    ...Object.values(manifest.functions),
    ...Object.values(manifest.semantic_models),
    ...Object.values(manifest.metrics),
    ...Object.values(manifest.saved_queries),
  ];
  return new ProjectGraph(new Map(all.map((node) => [node.unique_id, node])));
}

/** Models that depend on themselves through others, each cycle as one problem. */
export function findCycles(graph: ProjectGraph): Diagnostic[] {
  return graph.cycles().map((cycle) => {
    const ids = [...cycle].reverse();
    const [first = ""] = ids;
    const node = graph.nodes.get(first);
    return diagnostic(
      "DH1501",
      `Found a cycle: ${[...ids, first].join(" --> ")}`,
      { file: node === undefined ? null : node.original_file_path },
      "A model cannot depend on itself: take one of these references out, or split a model in two.",
    );
  });
}
