import { fail } from "../contracts/diagnostic.ts";
import type { EngineError } from "../contracts/engine.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { loadProjectTargets } from "../1-project/load-project.ts";
import { plainTable } from "../context/plain-table.ts";
import { errorMessage } from "../shared/objects.ts";
import { OK, type CommandResult } from "./result.ts";
import { openEngine, projectRoot, readCatalog, readCredentials } from "./session.ts";
import { tableAsJson, tableAsText } from "./shown-table.ts";
import type { ShowOptions } from "./show-command.ts";

/** show --inline-direct: sends a query as it is written, without reading the project's files; a target of several engines asks its first. */
export async function showDirectCommand(
  invocation: Invocation,
  sql: string,
  { limit, output }: Pick<ShowOptions, "limit" | "output">,
): Promise<CommandResult> {
  const root = projectRoot(invocation);
  const options = { root, invocation, readCredentials, readCatalog, internalPackages: () => [] };
  const [target] = loadProjectTargets(options).targets;
  if (target === undefined) throw new Error("a profile's output without an engine");
  const engine = await openEngine(target, root);
  try {
    const connection = await engine.connect("show");
    const result = await connection.execute(sql, true).catch(refused);
    const table = plainTable(result, limit);
    connection.close();
    const { emit } = invocation;
    if (output === "text") emit({ kind: "log", level: "info", message: "Previewing inline node:" });
    emit({ kind: "print", text: output === "json" ? tableAsJson(table, {}) : tableAsText(table) });
    return OK;
  } finally {
    await engine.close();
  }
}

function refused(error: unknown): never {
  const { hint } = error as Partial<EngineError>;
  fail("DH3002", `Runtime Error\n  ${errorMessage(error)}`, null, hint ?? null);
}
