/** A step of a DAG; the scheduler knows its id and what must be done before it, and nothing of what it does. */
export interface Step {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

export type StepOutcome = "done" | "failed" | "skipped";

export interface ScheduleOptions<S extends Step> {
  readonly steps: readonly S[];
  readonly concurrency: number;
  /** Does a step; "failed" keeps what depends on it from running. */
  readonly run: (step: S) => Promise<StepOutcome>;
  /** Told of each step that is left out because something before it failed (or the run was stopped). */
  readonly skip: (step: S, because: string | null) => void;
  /** Asked before each start: true = start nothing new. */
  readonly stopped: () => boolean;
}

/** Runs a DAG with up to `concurrency` steps at a time; ready steps start in the order given. */
export async function schedule<S extends Step>(options: ScheduleOptions<S>): Promise<void> {
  const state = new ScheduleState(options);
  await state.finished();
}

class ScheduleState<S extends Step> {
  private readonly options: ScheduleOptions<S>;
  private readonly waitsFor = new Map<string, number>();
  private readonly children = new Map<string, S[]>();
  private readonly ready: S[] = [];
  private readonly order: Map<string, number>;
  private readonly settled = new Set<string>();
  private running = 0;
  private resolve: () => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(options: ScheduleOptions<S>) {
    this.options = options;
    const known = new Set(options.steps.map((step) => step.id));
    this.order = new Map(options.steps.map((step, index) => [step.id, index]));
    for (const step of options.steps) {
      const parents = [...new Set(step.dependsOn)].filter((id) => known.has(id) && id !== step.id);
      this.waitsFor.set(step.id, parents.length);
      for (const parent of parents) {
        const list = this.children.get(parent);
        if (list === undefined) this.children.set(parent, [step]);
        else list.push(step);
      }
      if (parents.length === 0) this.ready.push(step);
    }
  }

  finished(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.pump();
    });
  }

  private pump(): void {
    while (this.running < this.options.concurrency && this.ready.length > 0 && !this.options.stopped()) {
      const step = this.ready.shift();
      if (step !== undefined) this.start(step);
    }
    if (this.running > 0) return;
    if (this.options.stopped()) this.skipRest();
    if (this.ready.length === 0) this.resolve();
  }

  private start(step: S): void {
    this.running++;
    this.options.run(step).then(
      (outcome) => {
        this.running--;
        this.settle(step, outcome);
        this.pump();
      },
      (error: unknown) => this.reject(error),
    );
  }

  private settle(step: S, outcome: StepOutcome): void {
    this.settled.add(step.id);
    for (const child of this.children.get(step.id) ?? []) {
      if (this.settled.has(child.id)) continue;
      if (outcome !== "done") {
        this.options.skip(child, step.id);
        this.settle(child, "skipped");
        continue;
      }
      const left = (this.waitsFor.get(child.id) ?? 0) - 1;
      this.waitsFor.set(child.id, left);
      if (left === 0) this.enqueue(child);
    }
  }

  /** Keeps ready steps in the order the plan gave them. */
  private enqueue(step: S): void {
    const place = this.order.get(step.id) ?? 0;
    const index = this.ready.findIndex((other) => (this.order.get(other.id) ?? 0) > place);
    if (index < 0) this.ready.push(step);
    else this.ready.splice(index, 0, step);
  }

  private skipRest(): void {
    this.ready.length = 0;
    for (const step of this.options.steps) {
      if (this.settled.has(step.id)) continue;
      this.settled.add(step.id);
      this.options.skip(step, null);
    }
  }
}
