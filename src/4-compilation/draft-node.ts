import type { Bridge, BridgeAnswers, BridgeRequest, WorkerSetup } from "../contracts/bridge.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { EngineMethods } from "../context/adapter-backend.ts";
import { RefLookup } from "../context/ref-lookup.ts";
import { answerReference } from "./answer-reference.ts";
import { compileNode } from "./compile-node.ts";
import { hooksOf, renderHook, type NodeHook } from "./node-hooks.ts";
import { runContext } from "./run-context.ts";
import { workerContext, type WorkerContext } from "./worker-context.ts";

/** What drafts of one project are rendered in: as while a node runs, but `execute` is false and nothing is asked. */
export function draftContext(setup: WorkerSetup, manifest: Manifest, methods: EngineMethods): WorkerContext {
  return workerContext(setup, new ManifestBridge(manifest, setup), () => methods, { asked: false });
}

/** The SQL that a node would be, as far as that can be said without a database. */
export interface Draft {
  readonly sql: string;
  /** The same for a run that adds to a table, where the template tells the two apart. */
  readonly increment: string | null;
  /** What its hooks would be, where they were asked for. */
  readonly hooks: readonly NodeHook[];
  /** The template looks at the database when it runs, and may say something else then. */
  readonly isOpen: boolean;
}

/** Throws JinjaError where there is no text without a database. */
export function draftNode(drafts: WorkerContext, node: ManifestNode, withHooks = false): Draft {
  const full = render(drafts, node, false);
  const { hooks, isOpen } = withHooks ? renderHooks(drafts, node) : { hooks: [], isOpen: false };
  const draft = { sql: full.sql, increment: null, hooks, isOpen: full.isOpen || isOpen };
  if (!full.askedIncremental) return draft;
  try {
    const increment = render(drafts, node, true);
    return { ...draft, increment: increment.sql, isOpen: draft.isOpen || increment.isOpen };
  } catch {
    return { ...draft, isOpen: true };
  }
}

function renderHooks(drafts: WorkerContext, node: ManifestNode): Pick<Draft, "hooks" | "isOpen"> {
  const { draft } = drafts;
  if (draft === null) throw new Error("bug: this is no context of drafts");
  draft.asked = false;
  const hooks = hooksOf(node).map(({ name, text }) => ({
    name,
    text: renderHook(text, node, runContext(drafts, node).context),
  }));
  return { hooks: hooks.filter(({ text }) => text !== ""), isOpen: draft.asked };
}

function render(
  drafts: WorkerContext,
  node: ManifestNode,
  isIncremental: boolean,
): { sql: string; askedIncremental: boolean; isOpen: boolean } {
  const { draft } = drafts;
  if (draft === null) throw new Error("bug: this is no context of drafts");
  draft.asked = false;
  let askedIncremental = false;
  const run = runContext(drafts, node);
  run.context.override({
    is_incremental: () => {
      askedIncremental = true;
      return isIncremental;
    },
  });
  const { code } = compileNode(drafts, node, run);
  return { sql: code, askedIncremental, isOpen: draft.asked };
}

class ManifestBridge implements Bridge {
  private readonly manifest: Manifest;
  private readonly lookup: RefLookup;

  constructor(manifest: Manifest, { facts, flags }: WorkerSetup) {
    this.manifest = manifest;
    this.lookup = new RefLookup(manifest, facts.projectName, flags);
  }

  request<R extends BridgeRequest>(request: R): BridgeAnswers[R["op"]] {
    return this.answer(request) as BridgeAnswers[R["op"]];
  }

  private answer(request: BridgeRequest): unknown {
    switch (request.op) {
      case "resolve-ref":
      case "resolve-source":
      case "resolve-function":
        return answerReference(request, { lookup: this.lookup, whereFound: () => null });
      case "node":
        return this.manifest.nodes[request.id] ?? this.manifest.functions[request.id] ?? null;
      case "graph":
        // As while parsing: what is in it is not final.
        return {
          nodes: {},
          sources: {},
          exposures: {},
          groups: {},
          metrics: {},
          semantic_models: {},
          saved_queries: {},
        };
      default:
        throw new Error(`bug: a draft asked the database (${request.op})`);
    }
  }

  emit(): void {
    // What a draft prints or warns of is said when the node runs.
  }
}
