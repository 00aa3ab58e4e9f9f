import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { targetPath } from "../4-compilation/run-context.ts";
import { nodeError } from "../6-execution/node-errors.ts";
import { addInlineNode } from "./inline-node.ts";
import type { CommandResult } from "./result.ts";
import { adopt, openRouted } from "./routing/open-routed.ts";
import { select } from "./select.ts";
import { tableAsJson, tableAsText, type ShownTable } from "./shown-table.ts";
import { openSession, writeManifest, type Session } from "./session.ts";

export interface ShowOptions {
  readonly inline: string | null;
  readonly limit: number | null;
  readonly output: "text" | "json";
}

/** show: compiles a node or an inline query and prints its first rows. */
export async function showCommand(invocation: Invocation, options: ShowOptions): Promise<CommandResult> {
  const session = openSession(invocation);
  writeManifest(session);
  const nodes = options.inline === null ? selectedNodes(session) : [addInlineNode(session, options.inline)];
  const routed = await openRouted(
    session,
    nodes.map((node) => node.unique_id),
  );
  const { execution } = routed;
  if (options.inline !== null) for (const node of nodes) adopt(routed, node);
  try {
    let failed = false;
    for (const parsed of nodes) {
      const node = routed.session.manifest.nodes[parsed.unique_id] ?? parsed;
      const outcome = await execution
        .of(node.unique_id)
        .pool.run({ kind: "show", node, limit: options.limit }, node.unique_id);
      if (outcome.ok) print(invocation, node, outcome.result.table ?? { columns: [], kinds: [], rows: [] }, options);
      else {
        failed = true;
        const { diagnostic } = nodeError(outcome.error, node, targetPath(node, "compiled", session.facts.targetPath));
        invocation.emit({ kind: "diagnostic", diagnostic });
      }
    }
    // As dbt: what cannot be shown is no node that failed.
    return { exitCode: failed ? 2 : 0 };
  } finally {
    await execution.close();
  }
}

function selectedNodes(session: Session): ManifestNode[] {
  const { flags } = session.invocation;
  if (flags.select.length === 0 && flags.selector === null)
    fail("DH1704", "Either --select or --inline must be passed to show");
  const ids = select(session, ["model", "seed", "snapshot", "analysis", "test"]);
  const nodes = [...ids]
    .flatMap((id) => session.manifest.nodes[id] ?? [])
    .filter((node) => node.resource_type !== "test" || ids.size === 1);
  if (nodes.length === 0)
    fail("DH1705", "No nodes were selected to show", null, "`duckhouse-dbt ls` lists what there is.");
  return nodes;
}

function shownName({ name, version }: ManifestNode): string {
  return version === null || version === undefined ? name : `${name}.v${String(version)}`;
}

function print({ emit }: Invocation, node: ManifestNode, table: ShownTable, options: ShowOptions): void {
  const isInline = options.inline !== null;
  if (options.output === "json") {
    emit({ kind: "print", text: tableAsJson(table, isInline ? {} : { node: shownName(node) }) });
    return;
  }
  emit({
    kind: "log",
    level: "info",
    message: isInline ? "Previewing inline node:" : `Previewing node '${shownName(node)}':`,
  });
  emit({ kind: "print", text: tableAsText(table) });
}
