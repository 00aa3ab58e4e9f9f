import type { RelationName } from "../../contracts/engine.ts";
import type { LivesOn } from "../../contracts/routing.ts";
import type { Route } from "./route-project.ts";

/** A row of the table registry. JSON keeps these keys. */
export interface KnownTable {
  readonly name: string;
  readonly unique_id: string;
  readonly engine: string;
  readonly lives_on: LivesOn;
  readonly format: string | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly as_of: string | null;
  /** As its engine names it. */
  readonly relation: string;
}

/** The sources and nodes of a project with what is known of them, sorted by name. */
export function knownTables({ session, sources, measures, placement, plan }: Route): KnownTable[] {
  const asOf = session.invocation.startedAt.toISOString();
  const built = [...plan.decisions.values()].flatMap(({ node: id, engine }): KnownTable[] => {
    const storage = placement.storage.get(id);
    const measure = measures.nodes.get(id);
    if (storage === undefined) return [];
    return [
      {
        name: session.manifest.nodes[id]?.name ?? id,
        unique_id: id,
        engine,
        lives_on: storage.catalog !== null && !storage.isView ? "iceberg" : (engine as LivesOn),
        format: measure?.format ?? null,
        rows: measure?.rows ?? null,
        bytes: measure?.bytes ?? null,
        as_of: measure === undefined ? null : asOf,
        relation: relationText(storage.place),
      },
    ];
  });
  const read = sources.map(({ facts, placed }): KnownTable => {
    const { name, unique_id: id, lives_on, format, rows, bytes } = facts;
    const place = placed.names[placed.engine];
    return {
      name,
      unique_id: id ?? "",
      engine: placed.engine,
      lives_on,
      format,
      rows,
      bytes,
      as_of: lives_on === "unknown" ? null : asOf,
      relation: lives_on === "file" || place === undefined ? "" : relationText(place),
    };
  });
  return [...built, ...read].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function relationText({ database, schema, identifier }: RelationName): string {
  return `${database}.${schema}.${identifier}`;
}
