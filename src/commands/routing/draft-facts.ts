import type { SqlDialect } from "../../contracts/query-shape.ts";
import { draftContext, draftNode, type Draft } from "../../4-compilation/draft-node.ts";
import type { WorkerContext } from "../../4-compilation/worker-context.ts";
import { FailedPart } from "../../4-compilation/failed-part.ts";
import type { WorkerSetup } from "../../contracts/bridge.ts";
import { diagnostic, type Diagnostic } from "../../contracts/diagnostic.ts";
import type { ManifestNode } from "../../contracts/manifest.ts";
import { asText, errorMessage } from "../../shared/objects.ts";
import { unknownShape } from "../../sql/shape-builder.ts";
import type { EngineSide, Session } from "../session.ts";
import { workerSetup } from "../execution.ts";
import { TextMemory } from "../../registry/text-memory.ts";
import { openSqlTools, refusalsOf, type SqlTools } from "./sql-tools.ts";
import { isBuilt, type DraftFacts } from "./built-nodes.ts";
import { hasOwnText, homeOf, translatesFrom } from "./node-settings.ts";

/**
 * Renders every node that runs SQL for the engine that it is written for, without a database, and looks at the text. A draft
 * that fails has the reason in its shape.
 */
export async function draftFacts(session: Session): Promise<Map<string, DraftFacts>> {
  const drafts = new Drafts(session);
  const texts = new TextFacts(session);
  const facts = new Map<string, DraftFacts>();
  for (const node of Object.values(session.manifest.nodes)) {
    if (!isDrafted(session, node)) continue;
    const home = homeOf(session, node.config) as SqlDialect;
    const isTranslated = translatesFrom(session, node) !== null;
    const draft = draftOf(() => drafts.draft(home, node, isTranslated));
    const file = node.original_file_path;
    if ("reason" in draft) facts.set(node.unique_id, unread(draft.reason, file));
    else {
      const gate = { home, isTranslated, outer: verdictOf(node) };
      const { shape, hazards } = await texts.of(draft, gate);
      const found = hazards.map((hazard) => ({ ...hazard, file }));
      facts.set(node.unique_id, { shape, hazards: draft.isOpen ? [open(file), ...found] : found });
    }
  }
  texts.save();
  return facts;
}

/** Texts whose engine is chosen: of what is built, and of the project's own tests. */
function isDrafted(session: Session, node: ManifestNode): boolean {
  const isWritten = (isBuilt(node) && node.resource_type !== "seed") || hasOwnText(session, node);
  return isWritten && node.language === "sql";
}

/** What a test asks of its rows, where that is not dbt's own question: it is never translated. */
function verdictOf({ resource_type: type, config }: ManifestNode): string | null {
  if (type !== "test") return null;
  const [count, warn, error] = ["fail_calc", "warn_if", "error_if"].map((key) => asText(config[key] ?? ""));
  if ([count, warn, error].join() === "count(*),!= 0,!= 0") return null;
  return `select ${count ?? ""} ${warn ?? ""}, ${count ?? ""} ${error ?? ""} from t`;
}

interface TextGate {
  /** The engine that the text is written for. */
  readonly home: SqlDialect;
  readonly isTranslated: boolean;
  /** A query over the text's rows, which every engine runs as it is. */
  readonly outer: string | null;
}

/** Shape and hazards of texts. What earlier commands found out is not asked again, and then no reader is loaded. */
class TextFacts {
  private readonly engines: readonly SqlDialect[];
  private readonly memory: TextMemory<DraftFacts>;
  private tools: Promise<SqlTools> | null = null;

  constructor({ sides, targetFolder }: Session) {
    this.engines = [...sides.keys()] as SqlDialect[];
    this.memory = new TextMemory(targetFolder, "sql_texts");
  }

  of({ sql, increment, hooks }: Draft, { home, isTranslated, outer }: TextGate): Promise<DraftFacts> {
    const others = this.engines.filter((engine) => engine !== home);
    return this.memory.answer([sql, increment, home, others, isTranslated, outer, hooks], async () => {
      const tools = await (this.tools ??= openSqlTools());
      const gate = isTranslated ? refusalsOf(tools) : tools.findHazards;
      const hazards: Diagnostic[] = [];
      const add = (hazard: Diagnostic): void => {
        if (!hazards.some(({ message }) => message === hazard.message)) hazards.push(hazard);
      };
      const find = async (look: typeof gate, text: string | null): Promise<void> => {
        for (const other of text === null ? [] : others) (await look(text ?? "", home, other)).forEach(add);
      };
      await find(gate, sql);
      await find(gate, increment);
      await find(tools.findHazards, outer);
      for (const { name, text } of hooks)
        for (const other of others) (await gate(text, home, other)).map((hazard) => inHook(name, hazard)).forEach(add);
      return { shape: await tools.analyze(sql, home), hazards };
    });
  }

  save(): void {
    this.memory.save();
  }
}

/** Drafts by each engine of a target, as far as texts are written for it. */
class Drafts {
  private readonly session: Session;
  private readonly contexts = new Map<string, WorkerContext>();

  constructor(session: Session) {
    this.session = session;
  }

  draft(home: string, node: ManifestNode, withHooks: boolean): Draft {
    const { session } = this;
    const side = session.sides.get(home) ?? session;
    const { manifest, engine } = side;
    const context = this.contexts.get(home) ?? draftContext(this.setup(side), manifest, engine.methods);
    this.contexts.set(home, context);
    return draftNode(context, manifest.nodes[node.unique_id] ?? node, withHooks);
  }

  /** A run that reads less is routed as the whole one would be. */
  private setup(side: EngineSide): WorkerSetup {
    const setup = workerSetup(this.session.invocation, side, []);
    return { ...setup, flags: { ...setup.flags, empty: false, sample: null }, threadName: "drafts" };
  }
}

/** A hook has no place in the node's file: the construct says which one it is in. */
function inHook(hook: string, hazard: Diagnostic): Diagnostic {
  const { line, column } = hazard;
  const place = line === null ? "" : `, line ${String(line)}, column ${String(column ?? 1)}`;
  const message = hazard.message.replace(/^(?:In the translation: )?[^:]*/, `$& in ${hook}${place}`);
  return { ...hazard, line: null, column: null, message };
}

/** What comes of it is written by the template at run time, in the language of whichever engine it asks then. */
function open(file: string): Diagnostic {
  const message = "A query that depends on what the database answers while it is made";
  return diagnostic(
    "DH7004",
    message,
    { file },
    "If its SQL means the same everywhere, say `dialect: portable`.",
    "warning",
  );
}

/** Whatever goes wrong here may go well when there is a database: a draft only informs the choice. */
function draftOf(draft: () => Draft): Draft | { readonly reason: string } {
  try {
    return draft();
  } catch (error) {
    return {
      reason: `its template needs a database: ${errorMessage(error instanceof FailedPart ? error.cause : error)}`,
    };
  }
}

/** Nobody knows what such a text means: it stays where it is written for. */
function unread(reason: string, file: string): DraftFacts {
  const hazard = diagnostic("DH7002", `A query that cannot be told before it runs: ${reason}`, { file });
  return { shape: unknownShape(reason, null), hazards: [hazard] };
}
