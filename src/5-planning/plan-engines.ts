import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { Alternative, Decision, Estimate, InputFacts, LivesOn } from "../contracts/routing.ts";
import { chooseTrials, type Advice, type Advisor, type Choice, type Trial } from "./adapt.ts";
import type { BuiltNode, SourceFacts, StandingNode } from "./planned-node.ts";
import { chooseEngine, pinOf } from "./rules.ts";

export interface EnginePlanFacts {
  /** Parents before children. */
  readonly nodes: readonly BuiltNode[];
  readonly sources: ReadonlyMap<string, SourceFacts>;
  readonly engines: readonly string[];
  readonly defaultEngine: string;
  /** Where a table of each engine lives that the config sends nowhere else. */
  readonly homeOf: Readonly<Record<string, LivesOn>>;
  /** What earlier runs say of the rules' choices; null: nothing is known. */
  readonly advisor: Advisor | null;
  /** The share of the nodes that may be built on another engine to learn what they take there; 0: none. */
  readonly explore: number;
}

export interface EnginePlan {
  readonly decisions: ReadonlyMap<string, Decision>;
  /** What `policy: adaptive` would have chosen for the nodes that go by the rules alone. */
  readonly unheeded: ReadonlyMap<string, Advice>;
  /** Configs that cannot be kept. */
  readonly refusals: readonly Diagnostic[];
}

const VIEWS = ["view", "materialized_view"];

/** Chooses an engine for every node, parents first: where a node goes depends on where its inputs are. Pure. */
export function planEngines(facts: EnginePlanFacts): EnginePlan {
  const walk = new EngineWalk(facts, new Map());
  if (facts.explore <= 0 || walk.trials.length === 0) return walk;
  // Where a node goes decides what its children read: with trials everything is chosen once more.
  return new EngineWalk(facts, chooseTrials(walk.trials, facts.nodes.length, facts.explore));
}

class EngineWalk implements EnginePlan {
  readonly decisions = new Map<string, Decision>();
  readonly refusals: Diagnostic[] = [];
  readonly unheeded = new Map<string, Advice>();
  /** What could be learned. */
  readonly trials: Trial[] = [];
  private readonly facts: EnginePlanFacts;
  private readonly tried: ReadonlyMap<string, Advice>;
  private readonly inputs = new Map<string, SourceFacts>();

  constructor(facts: EnginePlanFacts, tried: ReadonlyMap<string, Advice>) {
    this.facts = facts;
    this.tried = tried;
    for (const [id, source] of facts.sources) this.inputs.set(id, source);
    for (const node of facts.nodes) this.decide(node);
  }

  private decide(node: BuiltNode): void {
    const { engines, defaultEngine } = this.facts;
    const inputs = node.parents.flatMap((id) => this.inputs.get(id) ?? []);
    if (node.standing !== null) {
      this.stand(node, node.standing, inputs);
      return;
    }
    const impossible = { ...node.impossible, ...unreadable(inputs, engines) };
    if (engines.every((engine) => impossible[engine] !== undefined))
      this.refuse(node, Object.values(impossible).join("; "));
    const ruled = chooseEngine({ ...node, inputs, engines, defaultEngine, impossible });
    const possible = engines.filter((engine) => impossible[engine] === undefined);
    const advice = this.heeded({ node, inputs, verdict: ruled, possible });
    const verdict = advice === null ? ruled : { ...advice, rule: "adaptive" };
    const pin = pinOf(node.config);
    if (pin !== null && engines.length > 1 && pin !== verdict.engine)
      this.refuse(
        node,
        engines.includes(pin)
          ? `its config says engine: ${pin}, but ${impossible[pin] ?? verdict.reason}`
          : `its config says engine: ${pin}, which is none of the target's engines (${engines.join(", ")})`,
      );
    const estimate = estimateOf(node, inputs);
    const overruled = {
      rule: ruled.rule,
      engine: ruled.engine,
      expected_gain_s: Math.round((advice?.expectedGain ?? 0) * 1000) / 1000,
    };
    this.decisions.set(node.id, {
      ...decided(node, inputs, estimate),
      ...{ engine: verdict.engine, rule: verdict.rule, reason: verdict.reason },
      overruled: advice === null ? null : overruled,
      translated_from: node.translatesFrom === verdict.engine ? null : node.translatesFrom,
      alternatives: engines
        .filter((engine) => engine !== verdict.engine)
        .map((engine) => alternative(engine, impossible[engine], inputs)),
    });
    const isView = VIEWS.includes(node.materialized);
    // An engine that takes a node over for speed leaves the table where the rules have it, if that is a catalog.
    const stores = [verdict.engine, ruled.engine].find((engine) => this.facts.homeOf[engine] === "iceberg");
    const inCatalog = !isView && (node.wantsCatalog || stores !== undefined);
    this.inputs.set(node.id, this.asInput(node, { engine: verdict.engine, inCatalog, isView }, estimate));
  }

  /** A node that is not built is where it is: no rule is asked. */
  private stand(node: BuiltNode, { engine, catalog, isView }: StandingNode, inputs: readonly SourceFacts[]): void {
    const estimate = estimateOf(node, inputs);
    this.decisions.set(node.id, {
      ...decided(node, inputs, estimate),
      ...{ engine, rule: "standing", reason: "it is not built this time, and read where it is" },
      overruled: null,
      translated_from: null,
      alternatives: [],
    });
    this.inputs.set(node.id, this.asInput(node, { engine, inCatalog: catalog !== null && !isView, isView }, estimate));
  }

  /** What the history says instead, where the node's policy listens to it. */
  private heeded(choice: Choice): Advice | null {
    const { advisor } = this.facts;
    const { node, verdict, possible } = choice;
    const advice = advisor?.advise(choice) ?? null;
    if (node.settings.policy === "rules") {
      if (advice !== null) this.unheeded.set(node.id, advice);
      return null;
    }
    if (advice !== null) return advice;
    const tried = this.tried.get(node.id);
    if (tried !== undefined && tried.engine !== verdict.engine && possible.includes(tried.engine)) return tried;
    const trial = node.settings.adaptive_explore > 0 ? (advisor?.trial(choice) ?? null) : null;
    if (trial !== null) this.trials.push(trial);
    return null;
  }

  /** What the node is to those that read it. */
  private asInput(
    node: BuiltNode,
    { engine, inCatalog, isView }: { engine: string; inCatalog: boolean; isView: boolean },
    { rows, bytes }: Estimate,
  ): SourceFacts {
    const home = this.facts.homeOf[engine] ?? "unknown";
    return {
      name: node.name,
      unique_id: node.id,
      lives_on: inCatalog ? "iceberg" : home === "iceberg" ? (engine as LivesOn) : home,
      format: isView ? "view" : inCatalog ? "iceberg" : "table",
      rows,
      bytes,
      readableBy: inCatalog ? this.facts.engines : [engine],
    };
  }

  private refuse(node: BuiltNode, why: string): void {
    if (!node.isBuiltNow) return;
    const place = { file: node.file };
    this.refusals.push(
      diagnostic("DH1510", `${node.id} cannot be placed: ${why}`, place, "Change the config, or what the node reads."),
    );
  }
}

/** What a decision says of its node, whoever is chosen. */
function decided(
  { id, settings, shape, hazards }: BuiltNode,
  inputs: readonly InputFacts[],
  estimate: Estimate,
): Pick<Decision, "node" | "policy" | "shape" | "estimate" | "inputs" | "hazards"> {
  const plain = inputs.map(({ name, unique_id, lives_on, format, rows, bytes }) => ({
    name,
    unique_id,
    lives_on,
    format,
    rows,
    bytes,
  }));
  return { node: id, policy: settings.policy, shape, estimate, inputs: plain, hazards };
}

/** Files are read by one engine only; everything else can be moved. */
function unreadable(inputs: readonly SourceFacts[], engines: readonly string[]): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const engine of engines) {
    const file = inputs.find((input) => input.lives_on === "file" && !input.readableBy.includes(engine));
    if (file !== undefined) reasons[engine] = `${file.name} is a file, which ${engine} does not read`;
  }
  return reasons;
}

function alternative(engine: string, impossible: string | undefined, inputs: readonly SourceFacts[]): Alternative {
  const far = inputs.filter((input) => !input.readableBy.includes(engine)).map((input) => input.name);
  const reason =
    impossible ?? (far.length === 0 ? "it reads all inputs where they are" : `${far.join(", ")} would be moved`);
  return { engine, possible: impossible === undefined, reason, needs_transfer: far.length > 0 };
}

/** A node that was never built is taken to be as large as its largest input. */
function estimateOf(node: BuiltNode, inputs: readonly InputFacts[]): Estimate {
  const { rows = null, bytes = null } = node.measured ?? {};
  if (rows !== null) return { rows, bytes, source: "measured" };
  const counts = inputs.map((input) => input.rows);
  if (counts.length === 0 || counts.includes(null)) return { rows: null, bytes: null, source: "unknown" };
  return { rows: Math.max(...counts.map(Number)), bytes: null, source: "estimated" };
}
