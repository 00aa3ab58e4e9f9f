import { resolve } from "node:path";
import { Deferral } from "../6-execution/deferral.ts";
import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { Deferred, DeferRelation, Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { Project } from "../contracts/project.ts";
import type { PriorState } from "../contracts/prior-state.ts";
import { asText, isRecord } from "../shared/objects.ts";
import { ENGINES, type EngineEntry } from "../engines/registry.ts";
import { openPriorState } from "./prior-state.ts";

/** Commands in which references may lead to an earlier state. */
const DEFERRING = ["build", "run", "test", "seed", "snapshot", "compile", "show", "generate", "plan", "route", "clone"];
const REFABLE = ["model", "seed", "snapshot"];

/** The part of an engine's side of a project that is asked for here. */
interface Side {
  readonly manifest: Manifest;
  readonly project: Project;
  readonly engine: EngineEntry;
}

interface Deferring {
  readonly invocation: Invocation;
  readonly sides: ReadonlyMap<string, Side>;
  readonly prior: PriorState | null;
  readonly targetFolder: string;
  /** The project's folder. */
  readonly root: string;
}

/** The state that --defer goes by; null: nothing is deferred. */
function deferState({ invocation, prior, targetFolder, root }: Deferring): Manifest | null {
  const { flags } = invocation;
  const isClone = flags.which === "clone";
  if ((!flags.defer && !isClone) || !DEFERRING.includes(flags.which)) return null;
  const state = flags.defer_state === null ? prior : openPriorState(invocation, flags.defer_state, root, targetFolder);
  if (state === null)
    fail(
      "DH1626",
      "--state or --defer-state are required for deferral, but neither was provided",
      null,
      "Name the folder with the manifest.json of what was built elsewhere; DBT_STATE and DBT_DEFER_STATE do too.",
    );
  if (state.manifest === null)
    fail("DH1620", `Could not find manifest in --state path: "${resolve(root, state.folder)}"`);
  return state.manifest;
}

/** Notes at every node what an earlier state has of it, and for each engine where that is found. */
export function noteDeferred(session: Deferring): void {
  const then = deferState(session);
  if (then === null) return;
  for (const side of session.sides.values()) {
    const builtBy = asText(then.metadata["adapter_type"] ?? "");
    for (const [id, old] of Object.entries(then.nodes)) {
      const node = side.manifest.nodes[id];
      if (node === undefined || !REFABLE.includes(old.resource_type) || old.config["materialized"] === "ephemeral")
        continue;
      node.defer_relation = deferRelation(old);
      node._deferred = placeFor(side, node.defer_relation, builtBy);
    }
    for (const [id, old] of Object.entries(then.functions)) {
      const node = side.manifest.functions[id];
      if (node !== undefined) node._deferred = placeFor(side, deferRelation(old), builtBy);
    }
  }
}

/** How an engine's templates find deferred nodes. */
export function deferralOf({ flags }: Invocation, side: Side, selected: readonly string[]): Deferral | null {
  const nodes: readonly ManifestNode[] = [side.manifest.nodes, side.manifest.functions].flatMap(Object.values);
  const places = new Map<string, Deferred>();
  for (const { unique_id, _deferred } of nodes) if (_deferred !== undefined) places.set(unique_id, _deferred);
  if (places.size === 0 || !flags.defer) return null;
  return new Deferral({ places, favorState: flags.favor_state, selected: new Set(selected) });
}

function deferRelation(old: ManifestNode): DeferRelation {
  const { database, schema, alias, resource_type, name, description, meta, tags, config } = old;
  return {
    database,
    schema,
    alias,
    relation_name: old.relation_name,
    resource_type,
    name,
    description,
    compiled_code: old.resource_type === "seed" ? null : (old.compiled_code ?? null),
    meta,
    tags,
    config,
  };
}

/**
 * Where a side's engine finds a relation of a state. Another engine may have another name for a catalog of catalogs.yml;
 * what is in that engine's own database is out of reach.
 */
function placeFor({ project, engine }: Side, old: DeferRelation, builtBy: string): Deferred {
  const { schema, alias, config } = old;
  const found = (database: string | null, isForeign: boolean): Deferred => ({
    database,
    schema,
    alias,
    config,
    isForeign,
  });
  const database = old.database ?? "";
  const isSame = (name: string): boolean => name.toLowerCase() === database.toLowerCase();
  const { target } = project;
  const own = target.catalogs.find((catalog) => isSame(catalog.database));
  if (own !== undefined) return found(own.database, builtBy !== target.type);
  if (engine.adapterTypes.includes(builtBy)) return found(old.database, false);
  for (const [type, other] of Object.entries(ENGINES)) {
    if (type === target.type) continue;
    for (const catalog of target.catalogs) {
      const theirs = other.readCatalog(catalog.entry, { database: "" });
      if (theirs !== null && theirs !== "own" && !("problem" in theirs) && isSame(theirs.database))
        return found(catalog.database, true);
    }
  }
  const attached = target.fields["attach"];
  const names = Array.isArray(attached)
    ? attached.flatMap((entry) => (isRecord(entry) ? [asText(entry["alias"])] : []))
    : [];
  if (names.some(isSame)) return found(old.database, true);
  return {
    problem: `${old.relation_name ?? `${database}.${schema}.${alias}`} was built by ${builtBy} in '${database}', which the target '${target.name}' (${target.type}) does not have. Name it as a catalog that both can use in catalogs.yml${target.type === "duckdb" ? ", or attach it in the profile" : ""}`,
  };
}
