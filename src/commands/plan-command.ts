import type { Invocation } from "../contracts/invocation.ts";
import type { RunPlan, PlanStep } from "../contracts/plan.ts";
import { describePlan } from "../5-planning/describe-plan.ts";
import type { PlannedStep } from "../5-planning/plan-run.ts";
import { RUN_KINDS, planSteps } from "./run-command.ts";
import type { CommandResult } from "./result.ts";
import { Copies } from "./routing/copies.ts";
import { closeAll, routeProject, type Route } from "./routing/route-project.ts";
import { select } from "./select.ts";
import { openSession } from "./session.ts";

export interface PlanOptions {
  readonly output: "text" | "json";
  /** Refusals make the exit code 1. */
  readonly strict: boolean;
}

/** plan: what `build` would do on which engine, and why. Writes nothing. */
export async function planCommand(invocation: Invocation, { output, strict }: PlanOptions): Promise<CommandResult> {
  const kind = RUN_KINDS["build"];
  if (kind === undefined) throw new Error("bug: no run kind build");
  const opened = openSession(invocation);
  const selected = select(opened, kind.types);
  const route = await routeProject(opened, (id) => selected.has(id));
  try {
    const steps = planSteps(route.session, selected, kind, route);
    const reused = await reusedCopies(route, steps);
    const plan = describePlan({
      target: opened.project.target.name,
      engines: [...opened.sides.keys()],
      steps,
      decisions: route.plan.decisions,
      placement: route.placement,
      refusals: route.plan.refusals,
      engineOf: (id) => engineOf(route, id),
      reused,
    });
    invocation.emit({ kind: "print", text: output === "json" ? JSON.stringify(plan) : planText(plan) });
    return { exitCode: strict && plan.refusals.length > 0 ? 1 : 0 };
  } finally {
    await closeAll(route.engines);
  }
}

/** Copies of what the plan does not build that would not be made again. */
async function reusedCopies(route: Route, steps: readonly PlannedStep[]): Promise<ReadonlySet<string>> {
  const copies = new Copies(route);
  const built = new Set(steps.filter(({ node }) => node !== null).map(({ id }) => id));
  for (const { id, relation } of route.placement.transfers)
    if (built.has(id) && !built.has(relation)) await copies.isCurrent(id);
  return copies.reused;
}

function engineOf({ placing, session }: Route, id: string): string {
  return placing.engineOf(id) ?? session.project.target.type;
}

/** A table: what, where, stored where, how many rows, why. */
function planText(plan: RunPlan): string {
  const rows = plan.steps.map((step, index) => [
    String(index + 1),
    step.kind,
    nameOf(step),
    step.engine,
    step.stored_in ?? "",
    step.est_rows === null ? "?" : step.est_rows.toLocaleString("en"),
    step.decision === null ? "" : step.decision.rule,
    whyText(step),
  ]);
  const refused = plan.refusals.flatMap(({ code, message, hint }) => [
    `${code} ${message}`,
    ...(hint === null ? [] : [`  ${hint}`]),
  ]);
  const summary = Object.entries(plan.summary).map(
    ([name, count]) => `${String(count)} ${name === "transfers" ? name : `on ${name}`}`,
  );
  return [
    ...table(["", "step", "node", "engine", "stored in", "rows", "rule", "why"], rows),
    "",
    `${String(plan.steps.length)} steps for target '${plan.target}': ${summary.join(", ")}`,
    ...refused,
  ].join("\n");
}

function whyText({ decision }: PlanStep): string {
  if (decision === null) return "";
  const { reason, translated_from: from } = decision;
  return from === null ? reason : `${reason}; translated from ${from}`;
}

function nameOf({ unique_id, kind }: PlanStep): string {
  const parts = unique_id.split(".");
  return kind === "transfer" ? (parts.at(-1) ?? unique_id) : parts.slice(2, kind === "test" ? 3 : undefined).join(".");
}

/** Columns padded to their widest cell; the last one is left as it is. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return all.map(line);
}
