import type { PlannedStep } from "../../5-planning/plan-run.ts";
import type { GraphNode, ManifestNode } from "../../contracts/manifest.ts";
import type { Route } from "./route-project.ts";

/** The graph's vertices as the chosen engines see them. */
export function routedNodes({ session }: Pick<Route, "session">): Map<string, GraphNode> {
  const { nodes, functions } = session.manifest;
  return new Map([...session.graph.nodes].map(([id, node]) => [id, nodes[id] ?? functions[id] ?? node]));
}

/** Puts the copies between those that write and those that read. A copy is made where one of its readers runs. */
export function withTransfers(steps: readonly PlannedStep[], { placement, transfers, moves }: Route): PlannedStep[] {
  const running = new Set(steps.flatMap((step) => (step.node === null ? [] : [step.id])));
  const before = new Map<string, string[]>();
  const added: PlannedStep[] = [];
  const add = (node: ManifestNode, dependsOn: readonly string[], waiting: readonly string[]): void => {
    added.push({ id: node.unique_id, dependsOn, node, silent: false });
    for (const reader of waiting) before.set(reader, [...(before.get(reader) ?? []), node.unique_id]);
  };
  for (const { id, relation, readers } of placement.transfers) {
    const node = transfers.get(id);
    const waiting = readers.filter((reader) => running.has(reader));
    if (node !== undefined && waiting.length > 0) add(node, [relation], waiting);
  }
  for (const [id, node] of moves) if (running.has(id)) add(node, [], [id]);
  const waiting = steps.map((step) => ({ ...step, dependsOn: [...step.dependsOn, ...(before.get(step.id) ?? [])] }));
  return [...waiting, ...added];
}

/** Is this a copy of rows, which is no node of the project? */
export function isCopy(id: string): boolean {
  return /^(transfer|move)\./.test(id);
}
