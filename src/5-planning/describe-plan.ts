import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { PlannedTransfer, PlanStep, PlanStepKind, RunPlan } from "../contracts/plan.ts";
import type { Decision } from "../contracts/routing.ts";
import type { Placement, TransferStep } from "./place-nodes.ts";
import type { PlannedStep } from "./plan-run.ts";

export interface PlanFacts {
  readonly target: string;
  readonly engines: readonly string[];
  readonly steps: readonly PlannedStep[];
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly placement: Placement;
  readonly refusals: readonly Diagnostic[];
  readonly engineOf: (id: string) => string;
  /** Copies that hold as they are. */
  readonly reused: ReadonlySet<string>;
}

const KINDS: Readonly<Record<string, PlanStepKind>> = {
  model: "model",
  seed: "seed",
  snapshot: "snapshot",
  test: "test",
  unit_test: "test",
  operation: "hook",
};

/** The plan of a run in the form that other programs read. Pure. */
export function describePlan(facts: PlanFacts): RunPlan {
  const { placement, target, engines, refusals } = facts;
  const waits = new StepParents(facts.steps);
  const steps = inOrder(facts.steps.filter(isStep).map((step) => planStep(step, waits.of(step), facts)));
  const ids = new Set(steps.map((step) => step.id));
  const transfers = placement.transfers.filter((one) => ids.has(one.id)).map((one) => transfer(one, facts));
  const summary: Record<string, number> = {};
  for (const engine of engines)
    summary[engine] = steps.filter((step) => step.engine === engine && step.kind !== "transfer").length;
  return {
    schema_version: 1,
    target,
    engines,
    steps,
    transfers,
    refusals,
    summary: { ...summary, transfers: transfers.length },
  };
}

/** Each step after those that it waits for; otherwise as given. */
function inOrder(steps: readonly PlanStep[]): PlanStep[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const ordered = new Set<PlanStep>();
  const add = (step: PlanStep): void => {
    for (const id of step.depends_on) {
      const parent = byId.get(id);
      if (parent !== undefined && !ordered.has(parent)) add(parent);
    }
    ordered.add(step);
  };
  for (const step of steps) add(step);
  return [...ordered];
}

function isStep({ node, silent }: PlannedStep): boolean {
  return node !== null && !silent && KINDS[node.resource_type] !== undefined;
}

function planStep({ id, node }: PlannedStep, depends_on: readonly string[], facts: PlanFacts): PlanStep {
  const isTransfer = (node as ManifestNode)._transfer !== undefined;
  const decision = facts.decisions.get(id) ?? null;
  const moved = facts.placement.transfers.find((one) => one.id === id)?.relation ?? id;
  const storage = facts.placement.storage.get(id);
  const stored = storage === undefined ? null : storage.catalog === null || storage.isView ? storage.engine : "iceberg";
  return {
    id,
    kind: isTransfer ? "transfer" : (KINDS[node?.resource_type ?? ""] ?? "model"),
    unique_id: id,
    depends_on,
    engine: facts.engineOf(id),
    decision,
    stored_in: isTransfer ? "iceberg" : stored,
    est_rows: facts.decisions.get(moved)?.estimate.rows ?? null,
  };
}

function transfer({ id, relation, from, to, road }: TransferStep, { decisions, reused }: PlanFacts): PlannedTransfer {
  const rows = decisions.get(relation)?.estimate.rows ?? null;
  return { id, relation, from, to: to.join(", "), road, rows, reused: reused.has(id) };
}

/** What a step waits for among the steps themselves: what is only passed through is looked through. */
class StepParents {
  private readonly steps: ReadonlyMap<string, PlannedStep>;

  constructor(steps: readonly PlannedStep[]) {
    this.steps = new Map(steps.map((step) => [step.id, step]));
  }

  of(step: PlannedStep): string[] {
    const found = new Set<string>();
    const seen = new Set<string>();
    const visit = (id: string): void => {
      const parent = this.steps.get(id);
      if (parent === undefined || seen.has(id)) return;
      seen.add(id);
      if (isStep(parent)) found.add(id);
      else for (const further of parent.dependsOn) visit(further);
    };
    for (const id of step.dependsOn) visit(id);
    return [...found];
  }
}
