import type { Bridge, WorkerSetup } from "../contracts/bridge.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import type { EngineMethods } from "../context/adapter-backend.ts";
import { sharedMembers } from "../context/common-members.ts";
import { MacroRegistry } from "../context/macro-registry.ts";
import { toPython } from "../context/convert.ts";
import type { Lazy } from "../context/node-context.ts";
import { NunjucksHost } from "../jinja/nunjucks-host.ts";
import type { Value } from "../jinja/values.ts";
import { GraphNotes } from "./graph-notes.ts";
import type { KnownReferences } from "./resolve-reference.ts";

/** What a draft has found out besides its text. */
export interface DraftNotes {
  /** The template wanted to know something that only a run can tell. */
  asked: boolean;
}

/** Everything the renders of one worker share. */
export interface WorkerContext {
  /** For a first render, to learn what the SQL looks like: no database is asked, and no file is written. */
  readonly draft: DraftNotes | null;
  readonly setup: WorkerSetup;
  readonly bridge: Bridge;
  readonly invocation: Invocation;
  readonly registry: MacroRegistry;
  readonly engineMethods: EngineMethods;
  /** Of the engine that reads what `ref()` and `source()` give: the one that runs the text, whoever's SQL it is. */
  readonly readerFacts: ProjectFacts;
  readonly shared: ReadonlyMap<string, Value | Lazy>;
  /** Renders whole models; the loader finds them by `node.unique_id`. */
  readonly host: NunjucksHost;
  /** Nodes whose text the host may be asked for. */
  readonly texts: Map<string, ManifestNode>;
  /** What references are known to mean. */
  readonly references: KnownReferences;
  /** The manifest as templates see it; asked for once, when a template first wants it. */
  readonly graph: () => Value;
  readonly notes: GraphNotes;
  /** The same for texts that are written for another engine: its words and macros, the names and the database of this one. */
  readonly home: (engine: string) => WorkerContext;
}

export function workerContext(
  setup: WorkerSetup,
  bridge: Bridge,
  methodsOf: (engine: string) => EngineMethods,
  draft: DraftNotes | null = null,
): WorkerContext {
  const invocation: Invocation = {
    id: setup.invocationId,
    startedAt: new Date(setup.startedAt),
    flags: setup.flags,
    env: setup.env,
    emit: (event) => bridge.emit(event),
  };
  const { facts } = setup;
  const registry = new MacroRegistry(() => setup.macros, {
    rootPackage: facts.projectName,
    internalPackages: facts.internalPackages,
  });
  const shared = sharedMembers(facts, invocation);
  shared.set("thread_id", setup.threadName);
  shared.set("selected_resources", [...setup.selectedResources]);
  const texts = new Map<string, ManifestNode>();
  const notes = new GraphNotes(() => toPython(bridge.request({ op: "graph" })));
  const homes = new Map<string, WorkerContext>();
  const worker: WorkerContext = {
    draft,
    setup,
    bridge,
    invocation,
    registry,
    engineMethods: methodsOf(facts.target.type),
    readerFacts: facts,
    shared,
    host: hostOf(texts),
    texts,
    references: new Map(),
    graph: () => notes.get(),
    notes,
    home: (engine) => {
      const { [engine]: templates } = setup.homes;
      if (templates === undefined) throw new Error(`bug: the worker was not told of ${engine}`);
      const { references, graph, readerFacts } = worker;
      const home = homes.get(engine) ?? {
        ...workerContext({ ...setup, ...templates }, bridge, methodsOf, draft),
        ...{ references, graph, notes, readerFacts },
      };
      homes.set(engine, home);
      return home;
    },
  };
  return worker;
}

function hostOf(texts: ReadonlyMap<string, ManifestNode>): NunjucksHost {
  return new NunjucksHost(
    (id) => {
      const node = texts.get(id);
      return node === undefined
        ? undefined
        : { text: node.raw_code, path: node.original_file_path, line: node._line ?? 1, column: node._column ?? 1 };
    },
    { cache: false },
  );
}
