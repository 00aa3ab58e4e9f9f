import { isWord, withDepth, type Token } from "./tokens.ts";

const QUERIES = ["select", "values", "table", "from"];
const VERBS = [...QUERIES, "insert", "update", "delete", "merge", "pivot", "unpivot"];

/** The statements of a text, each as its tokens; empty ones are left out. */
export function splitStatements(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [];
  let statement: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== "sign" || token.text !== ";") statement.push(token);
    else if (statement.length > 0) {
      statements.push(statement);
      statement = [];
    }
  }
  if (statement.length > 0) statements.push(statement);
  return statements;
}

/** `select` for everything that is a query, else the statement's verb in small letters. */
export function statementKind(statement: readonly Token[]): string {
  const first = statement.find((token) => token.text !== "(");
  if (first?.kind !== "word") return "unknown";
  if (!isWord(first, "with")) return queryOr(first);
  const verb = withDepth(statement).find(({ token, depth }) => depth === 0 && isWord(token, ...VERBS));
  return verb === undefined ? "select" : queryOr(verb.token);
}

function queryOr(token: Token): string {
  return isWord(token, ...QUERIES, "pivot", "unpivot") ? "select" : token.text.toLowerCase();
}
