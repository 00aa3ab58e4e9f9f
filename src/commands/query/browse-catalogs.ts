import type { ArrowField } from "../../contracts/arrow.ts";
import type { EngineSession, RelationRow } from "../../contracts/engine.ts";
import type { CatalogBrowser } from "../../contracts/query.ts";
import type { Session } from "../session.ts";
import { relationText } from "./table-directory.ts";

interface Database {
  readonly name: string;
  readonly engine: EngineSession;
}

/** The databases of all engines; a catalog that several of them share is shown as the first one calls it. */
export function browseCatalogs(session: Session, engines: ReadonlyMap<string, EngineSession>): CatalogBrowser {
  const databases = databasesOf(session, engines);
  const { database, schema } = session.project.target;
  const engineOf = (name: string): EngineSession | null =>
    databases.find((one) => one.name.toLowerCase() === name.toLowerCase())?.engine ?? null;
  return {
    databases: () => databases.map(({ name }) => name),
    schemas: async (name) => {
      const schemas = (await engineOf(name)?.listSchemas(name)) ?? [];
      return schemas.filter((one) => !SYSTEM.has(one.toLowerCase())).sort();
    },
    relations: async (name) => {
      const rows = (await engineOf(name)?.listRelations(name, null)) ?? [];
      const key = ({ schema: own, identifier }: RelationRow): string => `${own}\0${identifier}`;
      return rows.filter((row) => !SYSTEM.has(row.schema.toLowerCase())).sort((a, b) => (key(a) < key(b) ? -1 : 1));
    },
    columns: (relation) => columnsOf(engineOf(relation.database), relation),
    keys: async (name, own) => (await engineOf(name)?.listKeyConstraints(name, own)) ?? [],
    current: () => ({ database, schema }),
  };
}

const SYSTEM = new Set(["information_schema", "pg_catalog"]);

function databasesOf({ sides, hybrid }: Session, engines: ReadonlyMap<string, EngineSession>): Database[] {
  const found: Database[] = [];
  let isSharedShown = false;
  for (const [name, { project }] of sides) {
    const engine = engines.get(name);
    if (engine === undefined) continue;
    const { database, catalogs } = project.target;
    const shared = catalogs.find((catalog) => hybrid !== null && catalog.name === hybrid.catalog)?.database;
    const own = [database, ...catalogs.map((catalog) => catalog.database)];
    for (const one of new Set(own)) {
      if (one === shared && isSharedShown) continue;
      if (!found.some((other) => other.name.toLowerCase() === one.toLowerCase())) found.push({ name: one, engine });
    }
    isSharedShown ||= shared !== undefined;
  }
  return found;
}

async function columnsOf(engine: EngineSession | null, relation: RelationRow): Promise<readonly ArrowField[]> {
  const connection = await engine?.connect("query");
  if (connection === undefined) return [];
  try {
    return (await connection.inspect(`select * from ${relationText(relation)}`)).fields;
  } finally {
    connection.close();
  }
}
