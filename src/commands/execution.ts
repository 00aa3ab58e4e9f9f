import type { BridgeServices } from "../6-execution/bridge-server.ts";
import { RelationCache } from "../6-execution/relation-cache.ts";
import { RenderPool } from "../6-execution/render-pool.ts";
import type { EngineSession } from "../contracts/engine.ts";
import { RefLookup } from "../context/ref-lookup.ts";
import { FileRoad } from "./file-road.ts";
import { openEngine, projectRoot, type Session } from "./session.ts";

/** An open database with its render workers; closed with `close()`. */
export interface Execution {
  readonly engine: EngineSession;
  readonly pool: RenderPool;
  readonly cache: RelationCache;
  close(): Promise<void>;
}

/** Opens the target's database and makes workers ready to start. `selected` is what templates see as selected_resources. */
export async function openExecution(session: Session, selected: readonly string[]): Promise<Execution> {
  const { facts, manifest, invocation, project } = session;
  const engine = await openEngine(project.target, projectRoot(invocation));
  const cache = new RelationCache(engine);
  const road = new FileRoad(project.target, projectRoot(invocation));
  const services: BridgeServices = {
    manifest,
    lookup: new RefLookup(manifest, facts.projectName),
    cache,
    emit: invocation.emit,
    hasTransactions: engine.hasTransactions,
    loadRows: (relation, columns, file) => road.load(relation, columns, file),
    queryComment: () => "",
  };
  const pool = new RenderPool({
    workerUrl: workerUrl(),
    engine,
    services,
    size: project.target.threads,
    setup: {
      facts,
      macros: Object.values(manifest.macros).map(
        ({ unique_id, name, package_name, original_file_path, macro_sql, _line, _column, supported_languages }) => ({
          unique_id,
          name,
          package_name,
          original_file_path,
          macro_sql,
          _line,
          _column,
          supported_languages,
        }),
      ),
      flags: invocation.flags,
      invocationId: invocation.id,
      startedAt: invocation.startedAt.getTime(),
      env: invocation.env,
      selectedResources: selected,
    },
  });
  return {
    engine,
    pool,
    cache,
    close: async () => {
      await pool.close();
      await road.close();
      await engine.close();
    },
  };
}

/** The worker's entry is a bundle of its own beside this one. */
function workerUrl(): URL {
  return new URL("./render-worker.js", import.meta.url);
}
