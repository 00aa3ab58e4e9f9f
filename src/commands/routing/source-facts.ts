import type { RelationMeasure, RelationName } from "../../contracts/engine.ts";
import type { SourceNode } from "../../contracts/manifest.ts";
import type { LivesOn } from "../../contracts/routing.ts";
import type { SourceFacts } from "../../5-planning/planned-node.ts";
import type { PlacedSource } from "../../5-planning/place-nodes.ts";
import { sourceRelation } from "../../context/source-relation.ts";
import type { EngineSide, Session } from "../session.ts";
import { isCatalog } from "./built-nodes.ts";

/** A source as each engine knows it. */
export interface KnownSource {
  readonly facts: SourceFacts;
  readonly placed: PlacedSource;
}

/** By engine: what there is under the name that the engine has for a source. */
export type SourceMeasures = ReadonlyMap<string, ReadonlyMap<string, RelationMeasure>>;

/** The name a source has on an engine; null: it is a file there. */
export function sourceName(side: EngineSide, id: string): RelationName | null {
  const source = side.manifest.sources[id];
  if (source === undefined || isFile(side, source)) return null;
  return {
    database: source.database ?? side.project.target.database,
    schema: source.schema,
    identifier: source.identifier,
  };
}

function isFile({ facts }: EngineSide, source: SourceNode): boolean {
  return typeof sourceRelation(source, facts.traits).parts.external === "string";
}

/**
 * Where a source is. A file that the project names for one engine is there; else the engine that has a table of that
 * name; where nobody has one, it is not known, and the default engine will say so.
 */
export function knownSource(session: Session, id: string, measures: SourceMeasures): KnownSource {
  const sides = [...session.sides];
  const files = sides.filter(([, side]) => {
    const source = side.manifest.sources[id];
    return source !== undefined && isFile(side, source);
  });
  const tables = sides.flatMap(([engine, side]) => {
    const found = measures.get(engine)?.get(id);
    return found === undefined ? [] : [{ engine, side, found }];
  });
  const file = files[0]?.[0];
  const table = tables[0];
  const engine = file ?? table?.engine ?? sides[0]?.[0] ?? "";
  const readableBy = [...files.map(([name]) => name), ...tables.map((entry) => entry.engine)];
  const source = session.manifest.sources[id];
  const names: Record<string, RelationName> = {};
  for (const [name, side] of sides) names[name] = sourceName(side, id) ?? placeOf(source);
  const { rows = null, bytes = null, format = null } = table?.found ?? {};
  const place =
    file !== undefined ? "file" : table === undefined ? "unknown" : livesOn(table.engine, table.side, names);
  const isShared = place === "iceberg" && format !== "view";
  return {
    facts: {
      name: source === undefined ? id : `${source.source_name}.${source.name}`,
      unique_id: id,
      lives_on: place,
      format: file === undefined ? format : "file",
      rows,
      bytes,
      readableBy: isShared ? sides.map(([name]) => name) : readableBy.length === 0 ? [engine] : readableBy,
    },
    placed: { id, engine, isView: table?.found.format === "view", names, readableBy },
  };
}

function livesOn(engine: string, side: EngineSide, names: Readonly<Record<string, RelationName>>): LivesOn {
  return isCatalog(side, names[engine]?.database ?? "") ? "iceberg" : (engine as LivesOn);
}

function placeOf(source: SourceNode | undefined): RelationName {
  return { database: source?.database ?? "", schema: source?.schema ?? "", identifier: source?.identifier ?? "" };
}
