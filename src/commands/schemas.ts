import type { ManifestNode } from "../contracts/manifest.ts";
import type { EngineSession } from "../contracts/engine.ts";
import { fail } from "../contracts/diagnostic.ts";
import type { EngineRun, Execution } from "./execution.ts";

/** Creates the schemas that the given nodes need and that are not there, by the project's `create_schema` macro. */
export async function createMissingSchemas(execution: Execution, nodes: readonly ManifestNode[]): Promise<void> {
  for (const run of execution.runs.values()) {
    const own = nodes.filter((node) => execution.of(node.unique_id) === run);
    await createMissing(run, own);
  }
}

async function createMissing(run: EngineRun, nodes: readonly ManifestNode[]): Promise<void> {
  const wanted = new Map<string, { database: string; schema: string }>();
  for (const node of nodes) {
    if ((node.relation_name === null && node.resource_type !== "function") || node.database === null) continue;
    wanted.set(`${node.database}.${node.schema}`.toLowerCase(), { database: node.database, schema: node.schema });
  }
  for (const [key, { database, schema }] of wanted) if (await run.cache.holds(database, schema)) wanted.delete(key);
  const databases = [...new Set([...wanted.values()].map((entry) => entry.database))];
  for (const database of databases) {
    const existing = new Set((await run.engine.listSchemas(database)).map((schema) => schema.toLowerCase()));
    for (const entry of wanted.values()) {
      if (entry.database !== database || existing.has(entry.schema.toLowerCase())) continue;
      await createSchema(run, entry);
    }
  }
}

/** Another run may have made it at the same time. */
async function isThere(engine: EngineSession, database: string, schema: string): Promise<boolean> {
  const schemas = await engine.listSchemas(database);
  return schemas.some((name) => name.toLowerCase() === schema.toLowerCase());
}

async function createSchema(
  { side, pool, cache, engine: open }: EngineRun,
  { database, schema }: { database: string; schema: string },
): Promise<void> {
  const macro = side.registry.find("create_schema", side.facts.projectName);
  if (macro === undefined) throw new Error("bug: no create_schema macro");
  const relation = { relation: { database, schema, identifier: null, type: null } };
  const outcome = await pool.run(
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
  if (!outcome.ok && !(await isThere(open, database, schema))) {
    const { message, engine } = outcome.error;
    fail("DH3003", `Could not create schema ${database}.${schema}: ${message}`, null, engine?.hint ?? null);
  }
  cache.schemaCreated(database, schema);
}
