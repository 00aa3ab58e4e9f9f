import type { Diagnostic } from "../../contracts/diagnostic.ts";
import type { QueryShape } from "../../contracts/query-shape.ts";
import type { BuildKind } from "../../contracts/history.ts";
import type { ManifestNode, NodeConfig } from "../../contracts/manifest.ts";
import type { RelationMeasure, RelationName } from "../../contracts/engine.ts";
import type { RouterSettings } from "../../contracts/routing.ts";
import type { BuiltNode } from "../../5-planning/planned-node.ts";
import { KEEPS_ROWS, type NamesByEngine, type Standing } from "../../5-planning/place-nodes.ts";
import { LOCAL, ONLY_ON } from "../../5-planning/rules.ts";
import { asText } from "../../shared/objects.ts";
import type { EngineSide, Session } from "../session.ts";
import { calledFunctions } from "./placed-functions.ts";
import { dialectOf, homeOf, settingsOf, translatesFrom } from "./node-settings.ts";

const BUILT = new Set(["model", "snapshot", "seed"]);

/** What is known of the SQL that a node will be. */
export interface DraftFacts {
  readonly shape: QueryShape;
  /** What may mean something else on an engine that the text is not written for. */
  readonly hazards: readonly Diagnostic[];
}

/** Is this something that an engine builds (and not text that others take in)? */
export function isBuilt(node: { readonly resource_type: string; readonly config?: ManifestNode["config"] }): boolean {
  return BUILT.has(node.resource_type) && node.config?.["materialized"] !== "ephemeral";
}

/** What a node reads, ephemeral models looked through: built nodes and sources. */
export function readsOf({ graph }: Pick<Session, "graph">, id: string): string[] {
  const found = new Set<string>();
  for (const parent of graph.parents(id)) {
    const node = graph.nodes.get(parent);
    if (node === undefined) continue;
    if (node.resource_type === "source" || isBuilt(node)) found.add(parent);
    else for (const further of readsOf({ graph }, parent)) found.add(further);
  }
  return [...found];
}

/** What each engine calls the relation of a node. */
export function namesOf(session: Session, id: string): NamesByEngine {
  const names: Record<string, RelationName> = {};
  for (const [engine, { manifest, project }] of session.sides) {
    const node = manifest.nodes[id] ?? session.manifest.nodes[id];
    if (node === undefined) continue;
    const database = manifest.nodes[id] === undefined ? project.target.database : (node.database ?? "");
    names[engine] = { database, schema: node.schema, identifier: node.alias };
  }
  return names;
}

interface NodeFacts {
  readonly drafts: ReadonlyMap<string, DraftFacts>;
  readonly measured: ReadonlyMap<string, RelationMeasure>;
  readonly isBuiltNow: (id: string) => boolean;
  readonly standing: Standing;
}

/** Parents before children. */
export function builtNodes(session: Session, { drafts, measured: measures, ...facts }: NodeFacts): BuiltNode[] {
  return inOrder(session).flatMap((id) => {
    const node = session.manifest.nodes[id];
    if (node === undefined || !isBuilt(node)) return [];
    const there = facts.standing.get(id);
    const measured = there === undefined ? (measures.get(id) ?? null) : there.measured;
    const { shape = null, hazards = [] } = drafts.get(id) ?? {};
    const settings = settingsOf(session, node);
    return [
      {
        id,
        name: node.name,
        schema: node.schema,
        path: node.path,
        file: node.original_file_path,
        materialized: asText(node.config["materialized"]),
        config: node.config,
        wantsCatalog: wantsCatalog(session, id),
        parents: readsOf(session, id),
        settings,
        shape,
        impossible: impossible(session, node),
        safeOnly: safeOnly(node.config, hazards, settings, homeOf(session, node.config)),
        hazards: dialectOf(node.config) === "portable" ? [] : hazards,
        translatesFrom: translatesFrom(session, node),
        measured,
        checksum: node.checksum.checksum,
        build: buildKind(session, node, measured),
        isBuiltNow: facts.isBuiltNow(id),
        standing: facts.standing.get(id) ?? null,
      },
    ];
  });
}

/** Are rows added to what is there, or is the table built anew? */
function buildKind({ invocation }: Session, { config }: ManifestNode, measured: RelationMeasure | null): BuildKind {
  const materialized = asText(config["materialized"]);
  const isRefreshed = invocation.flags.full_refresh
    ? config["full_refresh"] !== false
    : config["full_refresh"] === true;
  const isFull = isRefreshed && materialized !== "snapshot";
  return KEEPS_ROWS.has(materialized) && measured !== null && !isFull ? "increment" : "full";
}

function inOrder({ graph }: Session): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const parent of graph.parents(id)) visit(parent);
    order.push(id);
  };
  for (const id of graph.nodes.keys()) visit(id);
  return order;
}

/**
 * Where a text is safe that may not mean the same everywhere: on its home, the engine that it is written for. Null: anywhere.
 */
export function safeOnly(
  config: NodeConfig,
  hazards: readonly Diagnostic[],
  { strict_dialect: strict, translate }: RouterSettings,
  home: string,
): { engine: string; reason: string } | null {
  const dialect = dialectOf(config);
  if (dialect === "portable") return null;
  if (dialect !== null && !translate) return { engine: dialect, reason: `its dialect is ${dialect}` };
  const [first, ...more] = hazards.filter(({ severity }) => strict || translate || severity === "error");
  if (first === undefined) return null;
  const construct = first.message.replace(/^In the translation: /, "").split(":")[0] ?? first.message;
  const line = first.line === null ? "" : ` (line ${String(first.line)})`;
  const others = more.length === 0 ? "" : ` and ${String(more.length)} more`;
  return {
    engine: home,
    reason: `${construct}${line}${others} ${translate ? "cannot be translated safely" : "may mean something else elsewhere"}`,
  };
}

/** Does the config send the node to a catalog that its engine's tables are not in anyway? */
function wantsCatalog(session: Session, id: string): boolean {
  for (const side of session.sides.values()) {
    const node = side.manifest.nodes[id];
    const { database } = side.project.target;
    if (node !== undefined && !isCatalog(side, database) && isCatalog(side, node.database ?? "")) return true;
  }
  return false;
}

export function isCatalog({ project }: EngineSide, database: string): boolean {
  return project.target.catalogs.some((entry) => entry.database.toLowerCase() === database.toLowerCase());
}

/** Why an engine cannot run a node, its inputs aside. */
function impossible(session: Session, node: ManifestNode): Record<string, string> {
  const reasons: Record<string, string> = {};
  const isPython = node.language === "python";
  const only = isPython ? LOCAL : ONLY_ON[asText(node.config["materialized"])];
  const called = calledFunctions(session, node.unique_id).map(({ name, config }) => ({
    name,
    home: homeOf(session, config),
  }));
  for (const [engine, { manifest }] of session.sides) {
    const own = manifest.nodes[node.unique_id];
    const elsewhere = called.find(({ home }) => home !== engine);
    if (only !== undefined && only !== engine)
      reasons[engine] = isPython
        ? `a Python model runs beside ${only}`
        : `${asText(node.config["materialized"])} is a materialization of ${only}`;
    else if (elsewhere !== undefined) reasons[engine] = `it calls ${elsewhere.name}, a function of ${elsewhere.home}`;
    else if (own === undefined) reasons[engine] = `it is disabled where target.type is ${engine}`;
    else if (own._failsHere !== undefined && [null, engine].includes(translatesFrom(session, node)))
      reasons[engine] = `its template fails where target.type is ${engine}: ${own._failsHere}`;
    else if (!sameParents(own, node)) reasons[engine] = `it reads other things where target.type is ${engine}`;
  }
  return reasons;
}

function sameParents(one: ManifestNode, other: ManifestNode): boolean {
  const [a, b] = [one, other].map((node) => [...new Set(node.depends_on.nodes)].sort().join());
  return a === b;
}
