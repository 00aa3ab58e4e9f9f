import type { BridgeAnswers, RefTarget } from "../contracts/bridge.ts";
import type { Deferred } from "../contracts/manifest.ts";
import type { Resolving } from "../4-compilation/resolve-reference.ts";
import type { RelationCache } from "./relation-cache.ts";

type Answer = BridgeAnswers[Resolving["op"]];

export interface DeferralOptions {
  /** Where this engine finds what the earlier state has of a node. */
  readonly places: ReadonlyMap<string, Deferred>;
  readonly favorState: boolean;
  readonly selected: ReadonlySet<string>;
}

/** `--defer`: a reference to what is not there leads to where an earlier state has it. */
export class Deferral {
  private readonly options: DeferralOptions;

  constructor(options: DeferralOptions) {
    this.options = options;
  }

  mayApply(answer: Answer): boolean {
    return this.placeOf(answer) !== null;
  }

  async apply(answer: Answer, cache: RelationCache): Promise<Answer> {
    const place = this.placeOf(answer);
    if (place === null || answer === null || !("node" in answer)) return answer;
    const node = answer.node as RefTarget;
    const { favorState, selected } = this.options;
    const isSelected = selected.has(node.unique_id);
    const isFunction = node.resource_type === "function";
    // No list of relations tells whether a function is there: what this command makes is, the state has the others.
    const isHere = async (): Promise<boolean> =>
      isFunction ? isSelected : (await cache.get(node.database ?? "", node.schema, node.alias)) !== null;
    if ((isSelected || !favorState) && (await isHere())) return { ...answer, passing: true };
    if ("problem" in place) refuse(node.name, place.problem);
    const { database, schema, alias, config, isForeign } = place;
    // A view of another engine is nothing to this one.
    if (isForeign && isFunction) refuse(node.name, "another engine made it, and nothing takes a function across");
    if (isForeign && (await cache.get(database ?? "", schema, alias)) === null)
      refuse(
        node.name,
        `there is no table "${database ?? ""}"."${schema}"."${alias}" that this engine can read; a view of another engine is none`,
      );
    const { materialized = null, quoting = null } = config ?? {};
    return {
      node: { ...node, database, schema, alias, config: { materialized, quoting } },
      passing: true,
    };
  }

  /** Ephemeral models are text, which is at hand. */
  private placeOf(answer: Answer): Deferred | null {
    if (answer === null || !("node" in answer) || answer.node.config["materialized"] === "ephemeral") return null;
    return this.options.places.get(answer.node.unique_id) ?? null;
  }
}

function refuse(name: string, why: string): never {
  throw Object.assign(new Error(`'${name}' is not built here, and what the state has of it cannot be read: ${why}`), {
    pythonType: "CompilationError",
  });
}
