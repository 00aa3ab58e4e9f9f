import { join } from "node:path";
import { PROJECT_FILE } from "../1-project/project-file.ts";
import type { BridgeServices } from "../6-execution/bridge-server.ts";
import { RelationCache } from "../6-execution/relation-cache.ts";
import { RenderPool } from "../6-execution/render-pool.ts";
import { fail } from "../contracts/diagnostic.ts";
import type { EngineSession, SqlComment } from "../contracts/engine.ts";
import { queryComment, type QueryComment } from "../context/query-comment.ts";
import { RefLookup } from "../context/ref-lookup.ts";
import { errorMessage } from "../shared/objects.ts";
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
  const comment = queryComment({
    setting: project.root.queryComment,
    facts,
    invocation,
    registry: session.registry,
    engineMethods: session.engine.methods,
  });
  const engine = await openEngine(project.target, projectRoot(invocation), mainComment(comment, facts.root));
  const cache = new RelationCache(engine);
  const road = new FileRoad(project.target, projectRoot(invocation));
  const services: BridgeServices = {
    manifest,
    lookup: new RefLookup(manifest, facts.projectName),
    cache,
    emit: invocation.emit,
    hasTransactions: engine.hasTransactions,
    loadRows: (relation, columns, file) => road.load(relation, columns, file),
    queryComment: comment,
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

/** Rendered before anything runs: a comment that fails would fail every statement. */
function mainComment(comment: QueryComment, root: string): SqlComment | null {
  try {
    return comment("master", null);
  } catch (error) {
    fail(
      "DH1005",
      `The query comment cannot be made: ${errorMessage(error)}`,
      { file: join(root, PROJECT_FILE) },
      "Correct `query-comment` in dbt_project.yml; `query-comment: null` sends none.",
    );
  }
}

/** The worker's entry is a bundle of its own beside this one. */
function workerUrl(): URL {
  return new URL("./render-worker.js", import.meta.url);
}
