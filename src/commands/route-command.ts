import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { Decision } from "../contracts/routing.ts";
import { OK, type CommandResult } from "./result.ts";
import { closeAll, routeProject, type Route } from "./routing/route-project.ts";
import { decideQuery } from "./query/decide-query.ts";
import { routedRelations, TableDirectory } from "./query/table-directory.ts";
import { openSqlTools } from "./routing/sql-tools.ts";
import { select } from "./select.ts";
import { openSession } from "./session.ts";

export interface RouteOptions {
  readonly sql: string | null;
  readonly output: "text" | "json";
}

/** route: where a query, or nodes, would run, and why. Runs nothing. */
export async function routeCommand(invocation: Invocation, { sql, output }: RouteOptions): Promise<CommandResult> {
  const { flags, emit } = invocation;
  if (sql === null && flags.select.length === 0 && flags.selector === null)
    fail("DH1706", "Either --sql or --select must be passed to route");
  const session = openSession(invocation);
  const ids = sql === null ? select(session, ["model", "seed", "snapshot"]) : new Set<string>();
  const route = await routeProject(session, (id) => ids.has(id));
  try {
    const chosen = sql === null ? [] : [await routeQuery(route, sql)];
    const decisions = [...chosen, ...[...ids].sort().flatMap((id) => route.plan.decisions.get(id) ?? [])];
    const json = sql === null ? decisions : decisions[0];
    emit({ kind: "print", text: output === "json" ? JSON.stringify(json) : decisions.map(decisionText).join("\n\n") });
    return OK;
  } finally {
    await closeAll(route.engines);
  }
}

async function routeQuery(route: Route, sql: string): Promise<Decision> {
  const directory = new TableDirectory(route.session, route.engines, routedRelations(route));
  const silent = [...route.measures.silent.keys()];
  const asked = { sql, engine: null, latency: null };
  return (await decideQuery(route.session, await openSqlTools(), directory, silent, asked)).decision;
}

export function decisionText(decision: Decision): string {
  const { node, engine, rule, reason, shape, inputs, alternatives, hazards } = decision;
  const lines = [`${node === "" ? "query" : node} → ${engine}`, `  rule    ${rule}: ${reason}`];
  if (shape !== null)
    lines.push(
      shape.known
        ? `  query   complexity ${(shape.complexity ?? 0).toFixed(1)}, ${String(shape.joined_tables)} joined, ${String(shape.aggregates)} aggregates, ${String(shape.windows)} windows (read by ${shape.reader ?? "?"})`
        : `  query   not read: ${shape.unknown_reason ?? "?"}`,
    );
  for (const input of inputs)
    lines.push(
      `  input   ${input.name}: ${input.lives_on}, ${input.rows === null ? "rows unknown" : `${input.rows.toLocaleString("en")} rows`}`,
    );
  if (decision.translated_from !== null) lines.push(`  text    translated from ${decision.translated_from}`);
  for (const other of alternatives)
    lines.push(`  or      ${other.engine}: ${other.possible ? other.reason : `not possible, ${other.reason}`}`);
  for (const hazard of hazards) lines.push(`  hazard  ${hazard.message}`);
  return lines.join("\n");
}
