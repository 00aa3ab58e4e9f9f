import type { QueryShape, SqlDialect, SqlReader } from "../contracts/query-shape.ts";
import { errorMessage } from "../shared/objects.ts";
import { readDuckDbTree } from "./readers/duckdb-tree.ts";
import { parsePolyglot } from "./readers/polyglot.ts";
import { readPolyglotTree } from "./readers/polyglot-tree.ts";
import { parsePostgres } from "./readers/postgres.ts";
import { isRisky, readPostgresTree } from "./readers/postgres-tree.ts";
import { ShapeBuilder, unknownShape } from "./shape-builder.ts";
import { splitStatements, statementKind } from "./statements.ts";
import { tokenize, type Token } from "./tokens.ts";

export type Analyze = (sql: string, dialect: SqlDialect) => Promise<QueryShape>;

interface Question {
  readonly sql: string;
  readonly dialect: SqlDialect;
  readonly tokens: readonly Token[];
  readonly kind: string;
}

/** A reader's answer: the shape, or why it gives none; `final` where no other reader should be asked. */
type Answer = QueryShape | { readonly reason: string; readonly final: boolean };
type Attempt = (question: Question) => Promise<Answer>;

/** Statements whose relations and cost can be told; SET, CALL, COMMIT and their like have none. */
const MEASURED = new Set(
  "select insert update delete merge create drop alter truncate explain describe desc".split(" "),
);

/**
 * Gives `analyzeQuery`, which tells what a text asks of an engine: its relations, joins, aggregates and so on. It never rejects
 * because of the text; what no reader can be trusted with is `known: false` with a reason. `duckdb` is DuckDB's own parser.
 *
 * Who is asked, and in which order (CPU of a warm query of 2.9 kB, share of 2,000 real queries that is read and right):
 * - `duckdb`: DuckDB's parser first (1.2 ms, 100 %): it is the language's definition, so a syntax error is the last word. It
 *   reads queries only; polyglot reads the other statements.
 * - `trino`: node-sql-parser first (starts in 30 ms, polyglot in 320 and 200 MB), but only short texts without the constructs
 *   that it reads wrongly, and only if its answer has as many blocks, joins and windows as the text; then polyglot (3.8 ms);
 *   then DuckDB's parser, which reads most of Trino's SQL and has no limit of nesting worth a word.
 */
export function createAnalyzer(duckdb: SqlReader): Analyze {
  const engine: Attempt = (question) => askDuckDb(question, duckdb);
  const orders: Readonly<Record<SqlDialect, readonly Attempt[]>> = {
    duckdb: [engine, askPolyglot],
    trino: [askPostgres, askPolyglot, engine],
  };
  return async (sql, dialect) => {
    const statements = splitStatements(tokenize(sql, dialect));
    const [tokens] = statements;
    if (tokens === undefined) return unknownShape("there is no SQL in the text", null);
    const kind = statementKind(tokens);
    if (statements.length > 1) return unknownShape(`the text holds ${statements.length} statements`, kind);
    if (tokens.some((token) => token.kind === "open")) return unknownShape("a quote or a comment is not closed", kind);
    if (!MEASURED.has(kind)) return unknownShape(`a statement of kind ${kind} is not measured`, kind);
    return firstAnswer(orders[dialect], { sql, dialect, tokens, kind });
  };
}

async function firstAnswer(attempts: readonly Attempt[], question: Question): Promise<QueryShape> {
  const reasons: string[] = [];
  for (const attempt of attempts) {
    const answer = await attempt(question).catch((error: unknown): Answer => ({
      reason: errorMessage(error),
      final: false,
    }));
    if (!("reason" in answer)) return answer;
    if (answer.reason !== "") reasons.push(answer.reason);
    if (answer.final) break;
  }
  return unknownShape(reasons.join("; "), question.kind);
}

async function askDuckDb({ sql, dialect, kind }: Question, reader: SqlReader): Promise<Answer> {
  const result = await reader.read(sql);
  if (!result.ok) return { reason: `duckdb: ${result.reason}`, final: dialect === "duckdb" && result.syntax };
  const shape = new ShapeBuilder();
  readDuckDbTree(result.tree, shape);
  return shape.shape("duckdb", kind);
}

/** A longer text costs node-sql-parser more than polyglot, once that is loaded. */
const SHORT = 2_000;

async function askPostgres({ sql, tokens, kind }: Question): Promise<Answer> {
  if (kind !== "select" || sql.length > SHORT || isRisky(tokens)) return { reason: "", final: false };
  try {
    const shape = new ShapeBuilder();
    readPostgresTree(await parsePostgres(sql), tokens, shape);
    return shape.shape("node-sql-parser", kind);
  } catch {
    // It reads PostgreSQL's dialect, so what it says against a text of another tells nothing.
    return { reason: "", final: false };
  }
}

async function askPolyglot({ sql, dialect, kind }: Question): Promise<Answer> {
  const result = await parsePolyglot(sql, dialect);
  if (!result.ok) return { reason: `polyglot: ${result.reason}`, final: false };
  const shape = new ShapeBuilder();
  readPolyglotTree(result.tree, shape);
  return shape.shape("polyglot", kind);
}
