import { loadSeedTable } from "../4-compilation/seed-table.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { pyStr } from "../jinja/values.ts";
import type { CommandResult } from "./result.ts";
import { RUN_KINDS, runCommand } from "./run-command.ts";
import { openSession } from "./session.ts";
import { tableAsText } from "./shown-table.ts";

const SHOWN_ROWS = 10;

/** seed: loads CSV files; `show` prints the first rows of each that was loaded. */
export async function seedCommand(
  invocation: Invocation,
  { show }: { readonly show: boolean },
): Promise<CommandResult> {
  const kind = RUN_KINDS["seed"];
  if (kind === undefined) throw new Error("bug: no run kind seed");
  const result = await runCommand(invocation, kind);
  const loaded = (result.results ?? []).filter(({ status }) => status === "success");
  if (!show || loaded.length === 0) return result;
  // What the project is warned of has been said.
  const { manifest } = openSession({ ...invocation, emit: () => undefined });
  for (const { unique_id: id } of loaded) {
    const node = manifest.nodes[id];
    // Hooks are among the results too.
    if (node?.resource_type !== "seed") continue;
    const table = loadSeedTable(node, invocation.flags);
    const rows = table.rows().slice(0, SHOWN_ROWS);
    const shown = {
      columns: table.columnNames,
      kinds: table.columnNames.map(() => "text" as const),
      rows: rows.map((row) => row.values().map((cell) => (cell === null ? null : pyStr(cell)))),
    };
    const message = `First rows of ${node.schema}.${node.alias}\n${tableAsText(shown)}\n`;
    invocation.emit({ kind: "log", level: "info", message });
  }
  return result;
}
