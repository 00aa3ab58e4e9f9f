import type { Invocation } from "../contracts/invocation.ts";
import { writeCatalogJson } from "../7-artifacts/write-catalog.ts";
import { RUN_KINDS, runCommand } from "./run-command.ts";
import { OK, type CommandResult } from "./result.ts";
import { openEngine, openSession, projectRoot, writeManifest } from "./session.ts";

/** docs generate: compiles (unless told not to), then writes the catalog of what the database holds. */
export async function docsGenerateCommand(
  invocation: Invocation,
  options: { compile: boolean; emptyCatalog: boolean },
): Promise<CommandResult> {
  const kind = RUN_KINDS["compile"];
  const compiled = options.compile && kind !== undefined ? await runCommand(invocation, kind) : OK;
  if (compiled.exitCode !== 0) return compiled;
  const session = openSession(invocation);
  if (!options.compile) writeManifest(session);
  const { emit } = invocation;
  emit({ kind: "log", level: "info", message: "Building catalog" });
  const engine = await openEngine(session.project.target, projectRoot(invocation));
  try {
    const wanted = new Map<string, Set<string>>();
    for (const node of [...Object.values(session.manifest.nodes), ...Object.values(session.manifest.sources)]) {
      if (node.relation_name === null || node.database === null) continue;
      const schemas = wanted.get(node.database) ?? new Set<string>();
      wanted.set(node.database, schemas.add(node.schema));
    }
    const rows = options.emptyCatalog
      ? []
      : (
          await Promise.all([...wanted].map(([database, schemas]) => engine.readCatalog(database, [...schemas])))
        ).flat();
    writeCatalogJson(rows, session.manifest, invocation, session.targetFolder);
    emit({ kind: "log", level: "info", message: `Catalog written to ${session.targetFolder}/catalog.json` });
  } finally {
    await engine.close();
  }
  return OK;
}
