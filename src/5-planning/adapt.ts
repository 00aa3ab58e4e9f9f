import { median, type CostEstimate, type CostModel, type CostQuestion } from "./cost-model.ts";
import type { BuiltNode, SourceFacts } from "./planned-node.ts";
import { KEEPS_ROWS } from "./place-nodes.ts";
import { knownRows, type Verdict } from "./rules.ts";

/** An engine that takes a node from the one that the rules chose. */
export interface Advice extends Verdict {
  readonly expectedGain: number;
}

/** A node that may be tried on another engine, to learn what it takes there. */
export interface Trial {
  readonly id: string;
  readonly advice: Advice;
  /** Seconds that it takes where it is. */
  readonly seconds: number;
  readonly inputRows: number;
}

/** A choice that the history may correct. */
export interface Choice {
  readonly node: BuiltNode;
  readonly inputs: readonly SourceFacts[];
  readonly verdict: Verdict & { readonly rule: string };
  /** The engines that can run the node. */
  readonly possible: readonly string[];
}

/** What users, projects and engines say is not overruled; these are about speed. */
const ABOUT_SPEED = [
  ...["staging", "iceberg", "rows", "joins", "complexity", "analytical"],
  ...["local-tables", "small", "unknown", "default"],
];
/** Their own time is nothing: what reads them pays. Seeds are files. */
const TIMELESS = ["view", "materialized_view", "seed"];
/** The share by which another engine must be faster, and the seconds. */
const MARGIN = 0.05;
const LEAST_GAIN = 0.05;
/** Runs in which it must pay to take a node's history to another engine. */
const PAYS_WITHIN = 10;
/** A trial that is expected to take longer than this many times the usual is not made. */
const WORST = 1.5;
/** Days after which it is asked again what an engine takes. */
const STALE_DAYS = 30;

/** What the history says of the rules' choices. Pure: `now` is the time of the run. */
export class Advisor {
  private readonly costs: CostModel;
  private readonly now: Date;

  constructor(costs: CostModel, now: Date) {
    this.costs = costs;
    this.now = now;
  }

  /** The engine that is expected to be faster than the chosen one; null: the choice stands. */
  advise(choice: Choice): Advice | null {
    const usual = this.usual(choice);
    if (usual === null) return this.taker(choice);
    let best: Advice | null = null;
    for (const engine of others(choice)) {
      const other = this.total(choice, engine);
      if (other === null || this.costs.isTooLarge(question(choice, engine))) continue;
      const compared = other.basis === "measured" ? other.seconds : other.high;
      const gain = usual.seconds - other.seconds;
      if (compared > usual.seconds * (1 - MARGIN) || gain < LEAST_GAIN) continue;
      if (this.movingSeconds(choice) > gain * PAYS_WITHIN || gain <= (best?.expectedGain ?? 0)) continue;
      const reason = `${secondsText(engine, other)}, against ${secondsText(choice.verdict.engine, usual)}`;
      best = { engine, reason, expectedGain: gain };
    }
    return best;
  }

  /** The engine that had to take the node over each time of late: the attempts before only cost time. */
  private taker(choice: Choice): Advice | null {
    const { node, verdict } = choice;
    if (!this.isAboutSpeed(choice)) return null;
    const { id, checksum, build } = node;
    const last = this.costs.lastSuccess(question(choice, verdict.engine));
    for (const engine of others(choice)) {
      const taken = this.costs
        .takenOver({ node: id, engine, checksum, build, inputRows: null })
        .filter(({ at }) => (last === null || at > last) && !this.isOld(at));
      if (taken.length < this.costs.minSamples) continue;
      const reason = `${engine} has taken it over from ${verdict.engine} ${String(taken.length)} times`;
      const own = this.costs.estimate(question(choice, engine));
      const lost = own === null ? 0 : median(taken.map(({ seconds }) => seconds)) - own.seconds;
      return { engine, reason, expectedGain: Math.max(0, lost) };
    }
    return null;
  }

  /** What could be learned by building the node elsewhere this time; null: nothing, or it could cost too much. */
  trial(choice: Choice): Trial | null {
    const { node, inputs } = choice;
    const usual = this.usual(choice);
    const inputRows = knownRows(inputs);
    if (usual === null || inputRows === null || KEEPS_ROWS.has(node.materialized)) return null;
    for (const engine of others(choice)) {
      const asked = question(choice, engine);
      const other = this.total(choice, engine);
      const isKnown = other?.basis === "measured" && !this.isStale(asked);
      const needsCopies = inputs.some(({ readableBy }) => !readableBy.includes(engine));
      if (isKnown || needsCopies || this.costs.isTooLarge(asked)) continue;
      if (other !== null && other.seconds > usual.seconds * WORST) continue;
      const known = String(other?.samples ?? 0);
      const reason = `a trial: ${known} of ${String(this.costs.minSamples)} builds there are known`;
      const expectedGain = other === null ? 0 : usual.seconds - other.seconds;
      return { id: node.id, advice: { engine, reason, expectedGain }, seconds: usual.seconds, inputRows };
    }
    return null;
  }

  /** What the node takes where the rules put it, if that is known and theirs to say. */
  private usual(choice: Choice): CostEstimate | null {
    if (!this.isAboutSpeed(choice)) return null;
    const usual = this.total(choice, choice.verdict.engine);
    return usual?.basis === "measured" ? usual : null;
  }

  private isAboutSpeed({ node, verdict }: Choice): boolean {
    return ABOUT_SPEED.includes(verdict.rule) && !TIMELESS.includes(node.materialized);
  }

  /** With the copies that the engine needs to read the inputs. */
  private total(choice: Choice, engine: string): CostEstimate | null {
    const own = this.costs.estimate(question(choice, engine));
    let copies = 0;
    for (const { unique_id: id, readableBy, rows } of choice.inputs) {
      if (readableBy.includes(engine)) continue;
      const seconds = this.costs.copySeconds(id ?? "", readableBy[0] ?? "", rows);
      if (seconds === null) return null;
      copies += seconds;
    }
    return own === null ? null : { ...own, seconds: own.seconds + copies, high: own.high + copies };
  }

  private movingSeconds({ node }: Choice): number {
    if (node.build !== "increment") return 0;
    return this.costs.copySeconds(node.id, "", node.measured?.rows ?? null) ?? Infinity;
  }

  private isStale(asked: CostQuestion): boolean {
    const last = this.costs.lastBuilt(asked);
    return last === null || this.isOld(last);
  }

  private isOld(at: string): boolean {
    return this.now.getTime() - Date.parse(at) > STALE_DAYS * 86_400_000;
  }
}

/**
 * The trials of one run: a bounded share of the nodes, those first that promise most, or where nothing is known those with
 * the least input; together no more than a fifth of the time that is known, a single one aside.
 */
export function chooseTrials(trials: readonly Trial[], nodes: number, share: number): ReadonlyMap<string, Advice> {
  const chosen = new Map<string, Advice>();
  const most = Math.max(1, Math.floor(nodes * share));
  const budget = trials.reduce((sum, { seconds }) => sum + seconds, 0) / 5;
  let spent = 0;
  const sorted = [...trials].sort(
    (a, b) => b.advice.expectedGain - a.advice.expectedGain || a.inputRows - b.inputRows || (a.id < b.id ? -1 : 1),
  );
  for (const { id, advice, seconds } of sorted) {
    if (chosen.size >= most) break;
    if (chosen.size > 0 && spent + seconds > budget) continue;
    chosen.set(id, advice);
    spent += seconds;
  }
  return chosen;
}

function others({ possible, verdict }: Choice): string[] {
  return possible.filter((engine) => engine !== verdict.engine);
}

function question({ node, inputs }: Choice, engine: string): CostQuestion {
  const { id, checksum, build } = node;
  return { node: id, engine, checksum, build, inputRows: knownRows(inputs) };
}

function secondsText(engine: string, { seconds, basis, samples }: CostEstimate): string {
  const from =
    basis === "measured"
      ? `median of ${String(samples)} ${samples === 1 ? "build" : "builds"}`
      : "by what other nodes take";
  return `${seconds.toFixed(2)}s on ${engine} (${from})`;
}
