import { fail } from "../contracts/diagnostic.ts";
import type { Json } from "../contracts/json.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { targetPath } from "../4-compilation/run-context.ts";
import { nodeError } from "../6-execution/node-errors.ts";
import { addInlineNode } from "./inline-node.ts";
import type { CommandResult } from "./result.ts";
import { adopt, openRouted } from "./routing/open-routed.ts";
import { select } from "./select.ts";
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
      if (outcome.ok) print(invocation, node, outcome.result.table ?? { columns: [], types: [], rows: [] }, options);
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

interface Table {
  readonly columns: readonly string[];
  /** The engine's type names. */
  readonly types: readonly string[];
  readonly rows: readonly (readonly Json[])[];
}

function print({ emit }: Invocation, node: ManifestNode, table: Table, options: ShowOptions): void {
  const isInline = options.inline !== null;
  if (options.output === "json") {
    const rows = table.rows.map((row) =>
      Object.fromEntries(
        table.columns.map((name, index) => [name, jsonCell(row[index] ?? null, table.types[index] ?? "")]),
      ),
    );
    emit({ kind: "print", text: jsonText(isInline ? { show: rows } : { node: node.name, show: rows }) });
    return;
  }
  emit({
    kind: "log",
    level: "info",
    message: isInline ? "Previewing inline node:" : `Previewing node '${node.name}':`,
  });
  emit({ kind: "print", text: tableText(table) });
}

const NUMBER_MARK = "\u0000number:";

/** Integers beyond a double and decimals arrive as texts; dbt prints them as numbers. */
function jsonCell(cell: Json, type: string): Json {
  return typeof cell === "string" && EXACT_NUMBER.test(type) ? NUMBER_MARK + shortNumber(cell) : cell;
}

const EXACT_NUMBER = /^(?:decimal\(\d+,\s*\d+\)|u?(?:big|huge)int)$/i;

/** 1.50 → 1.5, as agate prints decimals. */
function shortNumber(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

/** JSON with marked texts as numbers, every digit kept: a JavaScript number would round them. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/"\\u0000number:(-?[\d.]+)"/g, "$1");
}

function tableText({ columns, types, rows }: Table): string {
  const cells = rows.map((row) =>
    row.map((cell, index) => {
      if (typeof cell !== "string") return cell === null ? "" : JSON.stringify(cell);
      return EXACT_NUMBER.test(types[index] ?? "") ? shortNumber(cell) : cell;
    }),
  );
  const widths = columns.map((name, index) => Math.max(name.length, ...cells.map((row) => (row[index] ?? "").length)));
  const isNumber = columns.map(
    (_, index) =>
      EXACT_NUMBER.test(types[index] ?? "") ||
      (rows.length > 0 && rows.every((row) => row[index] === null || typeof row[index] === "number")),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => (isNumber[index] === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join(" | ")} |`;
  return [line(columns), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...cells.map(line)].join("\n");
}
