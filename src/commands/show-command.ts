import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { nodeResult } from "../6-execution/node-result.ts";
import { writeRunResultsJson } from "../7-artifacts/write-run-results.ts";
import { addInlineNode } from "./inline-node.ts";
import type { CommandResult } from "./result.ts";
import { adopt, openRouted } from "./routing/open-routed.ts";
import { NOTHING_TO_DO } from "./run-command.ts";
import { select } from "./select.ts";
import { tableAsJson, tableAsText, type ShownTable } from "./shown-table.ts";
import { openSession, writeManifest, type Session } from "./session.ts";
import { warn } from "./warn.ts";

export interface ShowOptions {
  readonly inline: string | null;
  readonly limit: number | null;
  readonly output: "text" | "json";
}

/** show: compiles a node or an inline query and prints its first rows. */
export async function showCommand(invocation: Invocation, options: ShowOptions): Promise<CommandResult> {
  const session = openSession(invocation);
  try {
    return await show(session, options);
  } finally {
    writeManifest(session);
  }
}

async function show(session: Session, options: ShowOptions): Promise<CommandResult> {
  const { invocation } = session;
  const nodes = options.inline === null ? selectedNodes(session) : [addInlineNode(session, options.inline)];
  if (nodes.length === 0) {
    warn(invocation, "NothingToDo", "DH1612", NOTHING_TO_DO);
    return endPreview(session, [], Date.now());
  }
  const routed = await openRouted(
    session,
    nodes.map((node) => node.unique_id),
  );
  const { execution } = routed;
  if (options.inline !== null) for (const node of nodes) adopt(routed, node);
  const started = Date.now();
  const results: RunResult[] = [];
  try {
    for (const parsed of nodes) {
      const node = routed.session.manifest.nodes[parsed.unique_id] ?? parsed;
      const startedAt = new Date();
      const { pool } = execution.of(node.unique_id);
      const noted = {
        manifest: routed.session.manifest,
        flags: invocation.flags,
        targetPath: session.facts.targetPath,
      };
      // A seed is loaded, as in dbt: what is shown is the file, all of it.
      const isSeed = node.resource_type === "seed";
      const loaded = isSeed ? await pool.run({ kind: "run", node }, node.unique_id) : null;
      const limit = isSeed ? null : options.limit;
      const shown = loaded?.ok === false ? loaded : await pool.run({ kind: "show", node, limit }, node.unique_id);
      const result = nodeResult({ ...noted, mode: isSeed ? "run" : "show" }, node, loaded ?? shown, startedAt);
      results.push(result);
      if (shown.ok) print(invocation, node, shown.result.table ?? { columns: [], kinds: [], rows: [] }, options);
      else for (const problem of result.diagnostics ?? []) invocation.emit({ kind: "diagnostic", diagnostic: problem });
    }
  } finally {
    await execution.close();
  }
  return endPreview(session, results, started);
}

/** As dbt: what cannot be shown or compiled is no node that failed, and leaves no results. */
export function endPreview(session: Session, results: readonly RunResult[], started: number): CommandResult {
  const { invocation, targetFolder } = session;
  if (results.some(({ status }) => status === "error")) return { exitCode: 2 };
  if (invocation.flags.write_json)
    writeRunResultsJson(results, (Date.now() - started) / 1000, invocation, targetFolder);
  return { exitCode: 0, results };
}

function selectedNodes(session: Session): ManifestNode[] {
  const { flags } = session.invocation;
  if (flags.select.length === 0 && flags.selector === null)
    fail("DH1704", "Either --select or --inline must be passed to show");
  const ids = select(session, ["model", "seed", "snapshot", "analysis", "test"]);
  return [...ids]
    .flatMap((id) => session.manifest.nodes[id] ?? [])
    .filter((node) => node.resource_type !== "test" || ids.size === 1);
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
