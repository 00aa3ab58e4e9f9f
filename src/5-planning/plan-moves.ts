import type { RelationName } from "../contracts/engine.ts";
import { KEEPS_ROWS, type PlacedNode, type PlacingFacts, type Storage } from "./place-nodes.ts";

/** The rows of a node that was stored elsewhere before, taken to where it is stored now. */
export interface MoveStep {
  readonly id: string;
  /** The node. */
  readonly relation: string;
  /** The engine that reads the old table and writes the new one. */
  readonly engine: string;
  /** Both as that engine names them. */
  readonly from: RelationName;
  readonly to: RelationName;
}

export interface MoveFacts extends Pick<PlacingFacts, "catalogs"> {
  readonly nodes: readonly PlacedNode[];
  readonly storage: ReadonlyMap<string, Storage>;
  /** Is there a table under the name that an engine has for a node? Null: nobody could say. */
  readonly exists: (engine: string, id: string) => boolean | null;
}

/**
 * What has to be moved before nodes go on with their own history in another place. Nothing where there is a table in the
 * new place already, or may be: a move replaces what it finds. Pure.
 */
export function planMoves(facts: MoveFacts): MoveStep[] {
  return facts.nodes.flatMap((node) => (KEEPS_ROWS.has(node.materialized) ? (moveOf(node, facts) ?? []) : []));
}

function moveOf(node: PlacedNode, { catalogs, storage, exists }: MoveFacts): MoveStep | null {
  const stored = storage.get(node.id);
  if (stored === undefined) return null;
  const target = { engine: stored.engine, place: stored.place };
  const same = (engine: string, name: RelationName): boolean =>
    textOf(inTermsOf(target.engine, { engine, place: name }, catalogs) ?? name) === textOf(target.place);
  const names = Object.entries(node.names);
  if (names.some(([engine]) => exists(engine, node.id) === null)) return null;
  const known = names.filter(([engine]) => exists(engine, node.id) === true);
  if (known.some(([engine, name]) => same(engine, name))) return null;
  for (const [engine, name] of known) {
    const old = { engine, place: name };
    // The engine of either place can do it, if it sees the other one by way of a catalog.
    for (const mover of [target.engine, engine]) {
      const from = inTermsOf(mover, old, catalogs);
      const to = inTermsOf(mover, target, catalogs);
      if (from !== null && to !== null) return { id: `move.${node.id}`, relation: node.id, engine: mover, from, to };
    }
  }
  return null;
}

interface Placed {
  readonly engine: string;
  readonly place: RelationName;
}

/** The name an engine has for another one's table; null: it does not see it. */
function inTermsOf(
  engine: string,
  { engine: owner, place }: Placed,
  catalogs: MoveFacts["catalogs"],
): RelationName | null {
  if (engine === owner) return place;
  const entry = Object.entries(catalogs[owner] ?? {}).find(
    ([, name]) => name.toLowerCase() === place.database.toLowerCase(),
  )?.[0];
  const database = entry === undefined ? undefined : catalogs[engine]?.[entry];
  return database === undefined ? null : { ...place, database };
}

function textOf({ database, schema, identifier }: RelationName): string {
  return [database, schema, identifier].join("\0").toLowerCase();
}
