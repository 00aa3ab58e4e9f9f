import { deprecationOf, type DeprecationName } from "../contracts/deprecations.ts";
import type { Emit, RunEvent } from "../contracts/events.ts";
import type { Flags } from "../contracts/flags.ts";
import { treatmentOf } from "../contracts/warnings.ts";

/**
 * Stands before a command's reporters: of each deprecation it lets the first one through, or all, and counts them.
 * dbt counts those too that the flags silence.
 */
export class DeprecationCounter {
  private readonly counts = new Map<DeprecationName, number>();
  private readonly target: Emit;
  private readonly showAll: boolean;

  constructor(target: Emit, showAll: boolean) {
    this.target = target;
    this.showAll = showAll;
  }

  readonly emit: Emit = (event) => {
    const name = event.kind === "diagnostic" ? nameOf(event) : undefined;
    if (name === undefined) {
      this.target(event);
      return;
    }
    const before = this.counts.get(name) ?? 0;
    this.counts.set(name, before + 1);
    const isShown = before === 0 || this.showAll || name === "EnvironmentVariableRenamed";
    if (isShown && !("isSilenced" in event)) this.target(event);
  };

  /** Says at a command's end what there was; a summary that the flags make an error fails the command. */
  summarize(flags: Flags): "error" | "warn" | "silence" {
    if (this.counts.size === 0) return "silence";
    const treatment = treatmentOf("DeprecationsSummary", flags);
    if (treatment !== "silence") this.target(this.summary(treatment));
    return treatment;
  }

  private summary(level: "error" | "warn"): RunEvent {
    const lines = [...this.counts].map(
      ([name, count]) => `  - ${name}: ${String(count)} occurrence${count === 1 ? "" : "s"}`,
    );
    const hint = this.showAll
      ? ""
      : "\nThe first of each is shown above; run with --show-all-deprecations to see them all.";
    const message = `Summary of what is deprecated:\n${lines.join("\n")}${hint}`;
    return { kind: "log", level, message, code: "DeprecationsSummary", data: Object.fromEntries(this.counts) };
  }
}

/** Of renamed variables dbt shows each; an error is no count more, because it ends the command. */
function nameOf({ diagnostic }: Extract<RunEvent, { kind: "diagnostic" }>): DeprecationName | undefined {
  return diagnostic.severity === "warning" ? deprecationOf(diagnostic.code) : undefined;
}
