import type { BuildKind, NodeSample } from "../contracts/history.ts";

/** What a build is expected to take on an engine. */
export interface CostEstimate {
  readonly seconds: number;
  /** What it hardly takes more than. */
  readonly high: number;
  /** `measured`: the node ran there often enough; `modelled`: from what other nodes took there. */
  readonly basis: "measured" | "modelled";
  /** Of the node itself, on that engine. */
  readonly samples: number;
}

/** A build that may be tried elsewhere. */
export interface CostQuestion {
  readonly node: string;
  readonly engine: string;
  readonly checksum: string;
  readonly build: BuildKind;
  readonly inputRows: number | null;
}

/** The newest builds of a node on an engine that count. */
const RECENT = 5;
/** Nodes that an engine must have run before it is known how its time grows with rows. */
const MODEL_NODES = 3;
/** What an estimate from other nodes may at least be wrong by. */
const MODEL_SPREAD = Math.log(1.5);
/** Rows a second, where no copy was measured: DuckDB into Iceberg on two cores. */
const COPIED_ROWS = 150_000;

/** `seconds = floor + slope × millions of input rows`. */
interface EngineModel {
  readonly floor: number;
  readonly slope: number;
  /** Standard deviation of the logarithm of measured by expected. */
  readonly spread: number;
}

/** What builds took on each engine, and so what the next ones will. Pure. */
export class CostModel {
  readonly minSamples: number;
  private readonly builds: readonly NodeSample[];
  private readonly byNode = new Map<string, NodeSample[]>();
  private readonly models = new Map<string, EngineModel | null>();

  /** `history`: the oldest first. `minSamples`: builds of a node from which its own time is known. */
  constructor(history: readonly NodeSample[], minSamples: number) {
    this.builds = history;
    this.minSamples = minSamples;
    for (const build of this.builds) {
      const key = keyOf(build.node, build.engine);
      this.byNode.set(key, [...(this.byNode.get(key) ?? []), build]);
    }
  }

  /** Null: too little is known to say. */
  estimate(question: CostQuestion): CostEstimate | null {
    const own = this.samplesOf(question)
      .filter(({ status }) => status === "success")
      .slice(-Math.max(RECENT, this.minSamples));
    const model = this.modelOf(question.engine);
    const seconds = own.map((build) => scaled(build, question, model));
    const samples = own.length;
    if (samples >= this.minSamples)
      return { seconds: median(seconds), high: quantile(seconds, 0.75), basis: "measured", samples };
    if (model === null || question.inputRows === null) return null;
    const expected = model.floor + (model.slope * question.inputRows) / 1e6;
    // The few builds of its own that there are weigh as much as they are of those that it takes.
    const weight = samples / this.minSamples;
    const blended =
      samples === 0 ? expected : Math.exp((1 - weight) * Math.log(expected) + weight * Math.log(median(seconds)));
    const spread = Math.max(MODEL_SPREAD, model.spread) * (1 - weight);
    return { seconds: blended, high: blended * Math.exp(spread), basis: "modelled", samples };
  }

  /** Did the engine run out of memory or space on this text, with no more input than now? */
  isTooLarge(question: CostQuestion): boolean {
    return this.samplesOf(question).some(
      ({ status, input_rows: rows }) =>
        status === "exhausted" && (rows === null || question.inputRows === null || rows <= question.inputRows),
    );
  }

  /** Builds there after another engine had failed, in the time of both. */
  takenOver(question: CostQuestion): readonly NodeSample[] {
    return this.samplesOf(question).filter(({ status }) => status === "taken over");
  }

  /** When the node was last built there without help; null: never. */
  lastSuccess(question: CostQuestion): string | null {
    return this.samplesOf(question).findLast(({ status }) => status === "success")?.at ?? null;
  }

  /** When the node was last built there; null: never. */
  lastBuilt(question: CostQuestion): string | null {
    return this.samplesOf(question).at(-1)?.at ?? null;
  }

  /** Seconds to copy a relation for another engine; null: its size is not known. */
  copySeconds(id: string, from: string, rows: number | null): number | null {
    const own = this.byNode.get(keyOf(`transfer.${id}`, from)) ?? [];
    if (own.length > 0) return median(own.map(({ seconds }) => seconds));
    return rows === null ? null : rows / this.copiedRows();
  }

  private copiedRows(): number {
    const copies = this.builds.filter(({ node, rows }) => node.startsWith("transfer.") && (rows ?? 0) > 0);
    if (copies.length < this.minSamples) return COPIED_ROWS;
    const sum = (value: (copy: NodeSample) => number): number => copies.reduce((total, copy) => total + value(copy), 0);
    return Math.max(
      1,
      sum(({ rows }) => rows ?? 0) /
        Math.max(
          1e-3,
          sum(({ seconds }) => seconds),
        ),
    );
  }

  private samplesOf({ node, engine, checksum, build }: CostQuestion): NodeSample[] {
    const all = this.byNode.get(keyOf(node, engine)) ?? [];
    return all.filter((sample) => sample.checksum === checksum && sample.build === build);
  }

  private modelOf(engine: string): EngineModel | null {
    const known = this.models.get(engine);
    if (known !== undefined) return known;
    const model = fit(this.pointsOf(engine));
    this.models.set(engine, model);
    return model;
  }

  /** A point a node: its median build. */
  private pointsOf(engine: string): Point[] {
    const groups = new Map<string, NodeSample[]>();
    for (const build of this.builds) {
      const counts = build.engine === engine && build.status === "success" && build.input_rows !== null;
      if (!counts || build.node.startsWith("transfer.")) continue;
      const key = `${build.node}\0${build.build}\0${build.checksum}`;
      groups.set(key, [...(groups.get(key) ?? []), build]);
    }
    return [...groups.values()].map((builds) => ({
      millions: median(builds.map(({ input_rows: rows }) => (rows ?? 0) / 1e6)),
      seconds: Math.max(1e-3, median(builds.map(({ seconds }) => seconds))),
    }));
  }
}

interface Point {
  readonly millions: number;
  readonly seconds: number;
}

/** Least squares of the relative error, with neither part below zero. */
function fit(points: readonly Point[]): EngineModel | null {
  if (points.length < MODEL_NODES) return null;
  let [w, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  for (const { millions: x, seconds: y } of points) {
    const weight = 1 / (y * y);
    w += weight;
    wx += weight * x;
    wxx += weight * x * x;
    wy += weight * y;
    wxy += weight * x * y;
  }
  const determinant = w * wxx - wx * wx;
  let slope = determinant > 1e-12 * w * wxx ? (w * wxy - wx * wy) / determinant : 0;
  let floor = (wy - slope * wx) / w;
  if (slope < 0) [slope, floor] = [0, wy / w];
  if (floor <= 0) [slope, floor] = [wxx > 0 ? wxy / wxx : 0, 1e-3];
  const errors = points.map(({ millions, seconds }) => Math.log(seconds / (floor + slope * millions)));
  const spread = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / points.length);
  return { floor, slope, spread };
}

/** A build's time with as many input rows as there are now: what an engine takes for any query does not grow. */
function scaled(build: NodeSample, { inputRows, build: kind }: CostQuestion, model: EngineModel | null): number {
  const { seconds, input_rows: rows } = build;
  if (kind === "increment" || inputRows === null || rows === null || rows === 0) return seconds;
  const floor = Math.min(seconds, model?.floor ?? 0);
  return floor + (seconds - floor) * (inputRows / rows);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at - Math.floor(at));
}

function keyOf(node: string, engine: string): string {
  return `${node}\0${engine}`;
}
