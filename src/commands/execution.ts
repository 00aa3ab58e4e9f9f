import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { PROJECT_FILE } from "../1-project/project-file.ts";
import type { WhereFound } from "../4-compilation/answer-reference.ts";
import type { BridgeServices } from "../6-execution/bridge-server.ts";
import { RelationCache } from "../6-execution/relation-cache.ts";
import { RenderPool } from "../6-execution/render-pool.ts";
import type { WorkerSetup } from "../contracts/bridge.ts";
import { fail } from "../contracts/diagnostic.ts";
import type { EngineSession, SqlComment } from "../contracts/engine.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { Manifest } from "../contracts/manifest.ts";
import { queryComment, type QueryComment } from "../context/query-comment.ts";
import { RefLookup } from "../context/ref-lookup.ts";
import { errorMessage } from "../shared/objects.ts";
import { deferralOf } from "./deferral.ts";
import { FileRoad } from "./file-road.ts";
import { homesOf, RunTranslator } from "./routing/translation.ts";
import { openEngine, projectRoot, type EngineSide, type Session } from "./session.ts";

/** One engine of an open target: its database, its render workers, what it holds. */
export interface EngineRun {
  readonly side: EngineSide;
  readonly engine: EngineSession;
  readonly pool: RenderPool;
  readonly cache: RelationCache;
}

/** The open engines of a target; closed with `close()`. Its own parts are the default engine's. */
export interface Execution extends EngineRun {
  readonly runs: ReadonlyMap<string, EngineRun>;
  /** The engine that runs a node; the default one where nothing was chosen. */
  of(nodeId: string): EngineRun;
  close(): Promise<void>;
}

/** Where nodes run, and where each engine finds what it reads. */
export interface Placing {
  engineOf(nodeId: string): string | null;
  /** What an engine's templates see of the project. */
  manifestOf(engine: string): Manifest;
  whereFound(engine: string): WhereFound;
}

/** Opens the databases of a target's engines. A server is only asked when the first statement is sent. */
export async function openEngines(session: Session): Promise<Map<string, EngineSession>> {
  const engines = new Map<string, EngineSession>();
  for (const [name, side] of session.sides) engines.set(name, await openSideEngine(session, side));
  return engines;
}

/** An engine whose statements carry the project's comment. */
function openSideEngine({ invocation }: Session, side: EngineSide): Promise<EngineSession> {
  const comment = commentOf(invocation, side);
  return openEngine(side.project.target, projectRoot(invocation), mainComment(comment, side.facts.root));
}

function commentOf(invocation: Invocation, { project, facts, registry, engine }: EngineSide): QueryComment {
  return queryComment({
    setting: project.root.queryComment,
    facts,
    invocation,
    registry,
    engineMethods: engine.methods,
  });
}

/**
 * Makes workers of each engine ready to start. `selected` is what templates see as selected_resources. Without `placing`
 * every node runs on the default engine, and only that one is opened.
 */
export async function openExecution(
  session: Session,
  selected: readonly string[],
  engines: ReadonlyMap<string, EngineSession> | null = null,
  placing: Placing | null = null,
): Promise<Execution> {
  const runs = new Map<string, EngineRun & { close: () => Promise<void> }>();
  for (const [name, side] of session.sides) {
    if (placing === null && runs.size > 0) break;
    const engine = engines?.get(name) ?? (await openSideEngine(session, side));
    runs.set(name, openRun(session, side, engine, selected, placing));
  }
  const [main] = runs.values();
  if (main === undefined) throw new Error("bug: a target without an engine");
  return {
    ...main,
    runs,
    of: (nodeId) => runs.get(placing?.engineOf(nodeId) ?? "") ?? main,
    close: async () => {
      for (const run of runs.values()) await run.close();
    },
  };
}

function openRun(
  session: Session,
  side: EngineSide,
  engine: EngineSession,
  selected: readonly string[],
  placing: Placing | null,
): EngineRun & { close: () => Promise<void> } {
  const { invocation } = session;
  const { facts, project } = side;
  const { target } = project;
  const translator = new RunTranslator();
  const manifest = placing?.manifestOf(target.type) ?? side.manifest;
  const cache = new RelationCache(engine);
  const road = new FileRoad(target, projectRoot(invocation));
  const services: BridgeServices = {
    manifest,
    lookup: new RefLookup(manifest, facts.projectName, invocation.flags),
    whereFound: placing?.whereFound(target.type) ?? (() => null),
    cache,
    deferral: deferralOf(invocation, side, selected),
    emit: invocation.emit,
    hasTransactions: engine.hasTransactions,
    loadRows: (relation, columns, file) => road.load(relation, columns, file),
    queryComment: commentOf(invocation, side),
    translate: (sql, from) => translator.translate(sql, from, target.type),
  };
  const pool = new RenderPool({
    workerUrl: workerUrl(),
    engine,
    services,
    size: target.threads,
    setup: workerSetup(invocation, side, selected, homesOf(session, target.type, manifest)),
  });
  return {
    side,
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

/** What render workers of one engine are told; `homes`: the engines whose texts they may have to render for it. */
export function workerSetup(
  invocation: Invocation,
  side: EngineSide,
  selected: readonly string[],
  homes: readonly EngineSide[] = [],
): Omit<WorkerSetup, "threadName"> {
  return {
    ...templatesOf(side),
    homes: Object.fromEntries(homes.map((home) => [home.project.target.type, templatesOf(home)])),
    flags: invocation.flags,
    invocationId: invocation.id,
    startedAt: invocation.startedAt.getTime(),
    env: invocation.env,
    selectedResources: selected,
  };
}

function templatesOf({ facts, manifest }: EngineSide): Pick<WorkerSetup, "facts" | "macros"> {
  const macros = Object.values(manifest.macros).map(
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
  );
  return { facts, macros };
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

/** The worker's first file: seen from the bundle. */
function workerUrl(): URL {
  return pathToFileURL(join(import.meta.dirname, "..", "bin", "render-worker.js"));
}
