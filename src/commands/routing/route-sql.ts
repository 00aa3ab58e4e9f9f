import { DiagnosticError, type Diagnostic } from "../../contracts/diagnostic.ts";
import type { QueryShape, SqlDialect } from "../../contracts/query-shape.ts";
import { ROUTER_DEFAULTS, type Decision } from "../../contracts/routing.ts";
import { planEngines } from "../../5-planning/plan-engines.ts";
import type { SourceFacts } from "../../5-planning/planned-node.ts";
import type { KnownRelation } from "../query/table-directory.ts";
import type { Session } from "../session.ts";
import { safeOnly } from "./built-nodes.ts";
import { refusalsOf, type SqlTools } from "./sql-tools.ts";

export interface SqlQuestion {
  readonly sql: string;
  readonly shape: QueryShape;
  /** Every relation that the query names; null where nothing here knows it. */
  readonly inputs: readonly { readonly name: string; readonly relation: KnownRelation | null }[];
  /** Null: by the rules. */
  readonly engine: string | null;
  readonly latency: "low" | null;
  /** Another engine than the default one runs a translation of it. */
  readonly translates: boolean;
  /** Why an engine cannot run it, by engine. */
  readonly impossible: Readonly<Record<string, string>>;
  /** Engines that do not answer; others run what means the same there. */
  readonly silent: readonly string[];
}

/** The engine for one query, by the same rules as for nodes. */
export async function routeSql(session: Session, tools: SqlTools, question: SqlQuestion): Promise<Decision> {
  const { sql, shape, latency, silent } = question;
  const dialect = session.project.target.type as SqlDialect;
  const engines = [...session.sides.keys()];
  const others = engines.filter((engine) => engine !== dialect) as SqlDialect[];
  const base = { ...(session.hybrid?.router ?? ROUTER_DEFAULTS), translate: question.translates };
  const gate = question.translates ? refusalsOf(tools) : tools.findHazards;
  const hazards: Diagnostic[] = [];
  for (const other of others) hazards.push(...(await gate(sql, dialect, other)));
  const settings = latency === null ? base : { ...base, latency };
  const bound = safeOnly({}, hazards, settings, dialect);
  const impossible: Record<string, string> = { ...question.impossible };
  for (const engine of silent)
    // What cannot be read would be bound for that alone: DDL of one engine, a SHOW.
    if (bound?.engine !== engine || !shape.known) impossible[engine] ??= `${engine} does not answer`;
  const inputs = question.inputs.map(({ name, relation }) => inputFacts(name, relation));
  const { decisions, refusals } = planEngines({
    nodes: [
      {
        id: "query",
        name: "query",
        schema: "",
        path: "query",
        file: "--sql",
        materialized: "view",
        config: question.engine === null ? {} : { engine: question.engine },
        wantsCatalog: false,
        parents: inputs.map((input) => input.unique_id ?? input.name),
        settings,
        shape,
        impossible,
        safeOnly: bound,
        hazards,
        translatesFrom: question.translates ? dialect : null,
        measured: null,
        checksum: "",
        build: "full",
        isBuiltNow: true,
        standing: null,
      },
    ],
    sources: new Map(inputs.map((input) => [input.unique_id ?? input.name, input])),
    engines,
    defaultEngine: engines[0] ?? "",
    homeOf: {},
    advisor: null,
    explore: 0,
  });
  const decision = decisions.get("query");
  if (decision === undefined) throw new Error("bug: the query was not decided");
  if (refusals.length > 0) throw new DiagnosticError(refusals.map((refusal) => ({ ...refusal, file: null })));
  return { ...decision, node: "" };
}

function inputFacts(name: string, relation: KnownRelation | null): SourceFacts {
  if (relation === null) {
    const nothing = { unique_id: null, format: null, rows: null, bytes: null, readableBy: [] };
    return { name, lives_on: "unknown", ...nothing };
  }
  const { unique_id, lives_on, format, rows, bytes, texts } = relation;
  return { name, unique_id, lives_on, format, rows, bytes, readableBy: Object.keys(texts) };
}
