import type { CurrentPlace } from "../../contracts/query.ts";
import { quoted } from "../../shared/quoted.ts";

const PART = '(?:"(?:[^"]|"")*"|[\\p{L}_][\\p{L}\\p{N}_$]*)';
const NAME = `${PART}(?:\\s*\\.\\s*${PART})*`;
const KINDS = "(?:table|view|materialized\\s+view)";
const COMMENTS = "(?:\\s|--[^\\n]*\\n|/\\*[\\s\\S]*?\\*/)*";
const MAKES_TABLE = `create(?:\\s+or\\s+replace)?\\s+${KINDS}(?:\\s+if\\s+not\\s+exists)?`;
const OF_TABLES = [
  MAKES_TABLE,
  `(?:drop|alter)\\s+${KINDS}(?:\\s+if\\s+exists)?`,
  "(?:insert|merge)\\s+into",
  "delete\\s+from",
  "update",
  "truncate(?:\\s+table)?",
  `comment\\s+on\\s+${KINDS}`,
];
const OF_SCHEMAS = ["create\\s+schema(?:\\s+if\\s+not\\s+exists)?", "(?:drop|alter)\\s+schema(?:\\s+if\\s+exists)?"];

const patternOf = (starts: readonly string[]): RegExp =>
  new RegExp(`^${COMMENTS}(?:${starts.join("|")})\\s+(${NAME})`, "iu");
const TABLE = patternOf(OF_TABLES);
const SCHEMA = patternOf(OF_SCHEMAS);

/** What a statement says that it writes to, with its database; null: it reads, or its name for it has no database. */
export function writtenName(sql: string): readonly string[] | null {
  const parts = (pattern: RegExp): string[] =>
    partsOf(pattern.exec(sql)?.[1] ?? "").map((part) =>
      part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
    );
  const table = parts(TABLE);
  if (table.length === 3) return table;
  const schema = parts(SCHEMA);
  return schema.length === 2 ? schema : null;
}

function partsOf(name: string): string[] {
  return [...name.matchAll(new RegExp(PART, "gu"))].map(([part]) => part);
}

const MAKING_TABLE = patternOf([MAKES_TABLE]);

/**
 * A table or view that a statement makes, and a schema, are at `current` where their names do not say where. (Other tables
 * are found by their names; a new one is nowhere yet.)
 */
export function placeCreated(sql: string, current: CurrentPlace | null): string {
  if (current === null) return sql;
  const table = MAKING_TABLE.exec(sql);
  const [statement, name] = table ?? SCHEMA.exec(sql) ?? [];
  if (statement === undefined || name === undefined) return sql;
  const place = table === null ? [current.database] : [current.database, current.schema];
  const missing = place.slice(0, Math.max(0, place.length + 1 - partsOf(name).length));
  const start = statement.length - name.length;
  return sql.slice(0, start) + missing.map((part) => `${quoted(part)}.`).join("") + sql.slice(start);
}
