import type { ManifestNode } from "../contracts/manifest.ts";
import { fail } from "../contracts/diagnostic.ts";
import type { Execution } from "./execution.ts";
import type { Session } from "./session.ts";

/** Creates the schemas that the given nodes need and that are not there, by the project's `create_schema` macro. */
export async function createMissingSchemas(
  session: Session,
  execution: Execution,
  nodes: readonly ManifestNode[],
): Promise<void> {
  const wanted = new Map<string, { database: string; schema: string }>();
  for (const node of nodes) {
    if (node.relation_name === null || node.database === null) continue;
    wanted.set(`${node.database}.${node.schema}`.toLowerCase(), { database: node.database, schema: node.schema });
  }
  const databases = [...new Set([...wanted.values()].map((entry) => entry.database))];
  for (const database of databases) {
    const existing = new Set((await execution.engine.listSchemas(database)).map((schema) => schema.toLowerCase()));
    for (const entry of wanted.values()) {
      if (entry.database !== database || existing.has(entry.schema.toLowerCase())) continue;
      await createSchema(session, execution, entry);
    }
  }
}

async function createSchema(
  session: Session,
  execution: Execution,
  { database, schema }: { database: string; schema: string },
): Promise<void> {
  const macro = session.registry.find("create_schema", session.facts.projectName);
  if (macro === undefined) throw new Error("bug: no create_schema macro");
  const relation = { relation: { database, schema, identifier: null, type: null } };
  const outcome = await execution.pool.run(
    {
      kind: "macro",
      macroId: macro.source.unique_id,
      args: [relation],
      kwargs: {},
      commit: true,
      connection: `create_${database}_${schema}`,
    },
    null,
  );
  if (!outcome.ok) {
    const { message, engine } = outcome.error;
    fail("DH3003", `Could not create schema ${database}.${schema}: ${message}`, null, engine?.hint ?? null);
  }
  execution.cache.schemaCreated(database, schema);
}
