import type { Invocation } from "../contracts/invocation.ts";
import { table } from "./plan-command.ts";
import { OK, type CommandResult } from "./result.ts";
import { closeAll, routeProject } from "./routing/route-project.ts";
import { knownTables } from "./routing/known-tables.ts";
import { openSession } from "./session.ts";

/** tables: every relation that the project builds or reads, where it is, and how much it holds. */
export async function tablesCommand(invocation: Invocation, output: "text" | "json"): Promise<CommandResult> {
  const route = await routeProject(openSession(invocation), () => false);
  try {
    const tables = knownTables(route);
    const rows = tables.map((one) => [
      one.name,
      one.lives_on,
      one.engine,
      one.format ?? "?",
      one.rows === null ? "?" : one.rows.toLocaleString("en"),
      one.relation,
    ]);
    const text =
      output === "json"
        ? JSON.stringify(tables)
        : table(["name", "lives on", "engine", "format", "rows", "relation"], rows).join("\n");
    invocation.emit({ kind: "print", text });
    return OK;
  } finally {
    await closeAll(route.engines);
  }
}
