import type { RelationName } from "../../contracts/engine.ts";
import type { Manifest, ManifestNode } from "../../contracts/manifest.ts";
import type { Decision } from "../../contracts/routing.ts";
import { nodeRelation } from "../../context/node-relation.ts";
import { defaultConfig } from "../../2-parsing/config-rules.ts";
import type { Placement, TransferStep } from "../../5-planning/place-nodes.ts";
import type { MoveStep } from "../../5-planning/plan-moves.ts";
import type { EngineSide, Session } from "../session.ts";
import { functionHome } from "./placed-functions.ts";
import { writtenFor } from "./translation.ts";
import { quoted } from "../../shared/quoted.ts";

/**
 * One manifest of many: each node as the engine that runs it sees it, under its final name. `engine` is the one whose
 * templates will look at it: ephemeral models become part of its SQL.
 */
export function weaveManifest(
  session: Session,
  engine: string,
  decisions: ReadonlyMap<string, Decision>,
  placement: Placement,
): Manifest {
  const own = session.sides.get(engine) ?? session;
  const nodes: Record<string, ManifestNode> = {};
  for (const [id, fallback] of Object.entries(session.manifest.nodes)) {
    const runner = decisions.get(id)?.engine ?? placement.testEngines.get(id) ?? engine;
    const side = session.sides.get(runner) ?? own;
    const node = writtenFor(session, side.manifest.nodes[id] ?? fallback, runner);
    nodes[id] = placedNode(node, side, placement);
  }
  const functions = Object.entries(session.manifest.functions).map(([id, fallback]) => {
    const side = session.sides.get(functionHome(session, id) ?? "");
    return [id, side?.manifest.functions[id] ?? fallback] as const;
  });
  return { ...own.manifest, nodes, functions: Object.fromEntries(functions) };
}

/** A node under its final name. */
export function placedNode(node: ManifestNode, { facts }: EngineSide, placement: Placement): ManifestNode {
  const storage = placement.storage.get(node.unique_id);
  if (storage === undefined) return node;
  const { database, schema, identifier } = storage.place;
  const moved = { ...node, database, schema, alias: identifier };
  return { ...moved, relation_name: nodeRelation(moved, facts).render() };
}

/** The copy of a relation as a node of its own: its engine's `table` materialization replaces it whole or not at all. */
export function transferNode(session: Session, step: TransferStep, manifest: Manifest): ManifestNode {
  const source = manifest.sources[step.relation];
  const read = manifest.nodes[step.relation];
  const relation = source === undefined ? (read?.name ?? step.relation) : `${source.source_name}.${source.name}`;
  const copy = copyNode(session.sides.get(step.from) ?? session, step.id, step.place, {
    raw_code: `select * from {{ ${readText(step, manifest)} }}`,
    refs: read === undefined ? [] : [{ name: read.name, package: read.package_name, version: read.version ?? null }],
    sources: source === undefined ? [] : [[source.source_name, source.name]],
    depends_on: { macros: [], nodes: [step.relation] },
    _transfer: { relation, from: step.from, to: step.to },
  });
  // Built beside and renamed it would be away for a moment, and several runs would share the name beside it.
  return { ...copy, config: { ...copy.config, on_table_exists: "replace" } };
}

/** A node's own rows on their way to another place; the old table goes when the new one is there. */
export function moveNode(session: Session, step: MoveStep, manifest: Manifest): ManifestNode {
  const from = [step.from.database, step.from.schema, step.from.identifier].map(quoted).join(".");
  const relation = manifest.nodes[step.relation]?.name ?? step.relation;
  const node = copyNode(session.sides.get(step.engine) ?? session, step.id, step.to, {
    raw_code: `select * from ${from}`,
    _transfer: { relation: `the rows of ${relation}`, from: step.from.database, to: [step.to.database] },
  });
  const drop = { sql: `drop table if exists ${from}`, transaction: false, index: 0 };
  return { ...node, config: { ...node.config, "post-hook": [drop] } };
}

function copyNode(
  { facts }: EngineSide,
  id: string,
  { database, schema, identifier }: RelationName,
  own: Partial<ManifestNode>,
): ManifestNode {
  const node: ManifestNode = {
    database,
    schema,
    alias: identifier,
    name: identifier,
    resource_type: "model",
    package_name: facts.projectName,
    path: `transfers/${identifier}.sql`,
    original_file_path: `transfers/${identifier}.sql`,
    unique_id: id,
    fqn: [facts.projectName, "transfers", identifier],
    checksum: { name: "none", checksum: "" },
    config: { ...defaultConfig("model"), materialized: "table" },
    tags: [],
    description: "",
    columns: {},
    meta: {},
    group: null,
    docs: { show: false, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: 0,
    relation_name: null,
    raw_code: "",
    doc_blocks: [],
    language: "sql",
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: [] },
    contract: { enforced: false, alias_types: true, checksum: null },
    ...own,
  };
  return { ...node, relation_name: nodeRelation(node, facts).render() };
}

function readText({ relation }: TransferStep, { sources, nodes }: Manifest): string {
  const source = sources[relation];
  if (source !== undefined) return `source(${JSON.stringify(source.source_name)}, ${JSON.stringify(source.name)})`;
  const node = nodes[relation];
  if (node === undefined) throw new Error(`bug: ${relation} is to be moved, but nobody has it`);
  const version = node.version === null || node.version === undefined ? "" : `, v=${JSON.stringify(node.version)}`;
  return `ref(${JSON.stringify(node.package_name)}, ${JSON.stringify(node.name)}${version})`;
}
