import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { NodeConfig } from "../contracts/manifest.ts";
import type { QueryShape } from "../contracts/query-shape.ts";
import type { Alternative, Decision, Estimate, InputFacts, LivesOn, RouterSettings } from "../contracts/routing.ts";
import { chooseEngine, pinOf } from "./rules.ts";

/** A model, seed or snapshot that something builds. */
export interface BuiltNode {
  readonly id: string;
  readonly name: string;
  readonly schema: string;
  readonly path: string;
  readonly file: string;
  readonly materialized: string;
  readonly config: NodeConfig;
  readonly wantsCatalog: boolean;
  /** What it reads: sources and built nodes, ephemeral models looked through. Those before it in the order come first. */
  readonly parents: readonly string[];
  readonly settings: RouterSettings;
  readonly shape: QueryShape | null;
  /** Why an engine cannot run it, by engine, as far as that is not for its inputs. */
  readonly impossible: Readonly<Record<string, string>>;
  readonly safeOnly: { readonly engine: string; readonly reason: string } | null;
  readonly hazards: readonly Diagnostic[];
  /** What is known of its own rows: it was built before, or is a file. */
  readonly measured: { readonly rows: number | null; readonly bytes: number | null } | null;
}

/** A table that nobody here builds. */
export interface SourceFacts extends InputFacts {
  /** Engines that read it where it is, without anything being moved. */
  readonly readableBy: readonly string[];
}

export interface EnginePlanFacts {
  /** Parents before children. */
  readonly nodes: readonly BuiltNode[];
  readonly sources: ReadonlyMap<string, SourceFacts>;
  readonly engines: readonly string[];
  readonly defaultEngine: string;
  /** Where a table of each engine lives that the config sends nowhere else. */
  readonly homeOf: Readonly<Record<string, LivesOn>>;
}

export interface EnginePlan {
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Configs that cannot be kept. */
  readonly refusals: readonly Diagnostic[];
}

const VIEWS = ["view", "materialized_view"];

/** Chooses an engine for every node, parents first: where a node goes depends on where its inputs are. Pure. */
export function planEngines(facts: EnginePlanFacts): EnginePlan {
  const walk = new EngineWalk(facts);
  for (const node of facts.nodes) walk.decide(node);
  return walk;
}

class EngineWalk implements EnginePlan {
  readonly decisions = new Map<string, Decision>();
  readonly refusals: Diagnostic[] = [];
  private readonly facts: EnginePlanFacts;
  private readonly inputs = new Map<string, SourceFacts>();

  constructor(facts: EnginePlanFacts) {
    this.facts = facts;
    for (const [id, source] of facts.sources) this.inputs.set(id, source);
  }

  decide(node: BuiltNode): void {
    const { engines, defaultEngine } = this.facts;
    const inputs = node.parents.flatMap((id) => this.inputs.get(id) ?? []);
    const impossible = { ...node.impossible, ...unreadable(inputs, engines) };
    if (engines.every((engine) => impossible[engine] !== undefined))
      this.refuse(node, Object.values(impossible).join("; "));
    const verdict = chooseEngine({ ...node, inputs, engines, defaultEngine, impossible });
    const pin = pinOf(node.config);
    if (pin !== null && engines.length > 1 && pin !== verdict.engine)
      this.refuse(
        node,
        engines.includes(pin)
          ? `its config says engine: ${pin}, but ${impossible[pin] ?? verdict.reason}`
          : `its config says engine: ${pin}, which is none of the target's engines (${engines.join(", ")})`,
      );
    const estimate = estimateOf(node, inputs);
    this.decisions.set(node.id, {
      node: node.id,
      engine: verdict.engine,
      rule: verdict.rule,
      reason: verdict.reason,
      policy: node.settings.policy,
      overruled: null,
      shape: node.shape,
      estimate,
      inputs: inputs.map(({ name, unique_id, lives_on, format, rows, bytes }) => ({
        name,
        unique_id,
        lives_on,
        format,
        rows,
        bytes,
      })),
      alternatives: engines
        .filter((engine) => engine !== verdict.engine)
        .map((engine) => alternative(engine, impossible[engine], inputs)),
      hazards: node.hazards,
    });
    this.inputs.set(node.id, this.asInput(node, verdict.engine, estimate));
  }

  /** What the node is to those that read it. */
  private asInput(node: BuiltNode, engine: string, estimate: Estimate): SourceFacts {
    const isView = VIEWS.includes(node.materialized);
    const home = this.facts.homeOf[engine] ?? "unknown";
    const inCatalog = !isView && (node.wantsCatalog || home === "iceberg");
    return {
      name: node.name,
      unique_id: node.id,
      lives_on: inCatalog ? "iceberg" : home === "iceberg" ? (engine as LivesOn) : home,
      format: isView ? "view" : inCatalog ? "iceberg" : "table",
      rows: estimate.rows,
      bytes: estimate.bytes,
      readableBy: inCatalog ? this.facts.engines : [engine],
    };
  }

  private refuse(node: BuiltNode, why: string): void {
    const place = { file: node.file };
    this.refusals.push(
      diagnostic("DH1510", `${node.id} cannot be placed: ${why}`, place, "Change the config, or what the node reads."),
    );
  }
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
