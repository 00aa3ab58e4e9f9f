const PART = '(?:"(?:[^"]|"")*"|[\\p{L}_][\\p{L}\\p{N}_$]*)';
const NAME = `${PART}(?:\\s*\\.\\s*${PART})*`;
const KINDS = "(?:table|view|materialized\\s+view)";
const COMMENTS = "(?:\\s|--[^\\n]*\\n|/\\*[\\s\\S]*?\\*/)*";
const OF_TABLES = [
  `create(?:\\s+or\\s+replace)?\\s+${KINDS}(?:\\s+if\\s+not\\s+exists)?`,
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

/** The database that a statement says it writes to; null: it reads, or its name for it has no database. */
export function writtenDatabase(sql: string): string | null {
  const parts = (pattern: RegExp): string[] =>
    [...(pattern.exec(sql)?.[1] ?? "").matchAll(new RegExp(PART, "gu"))].map(([part]) =>
      part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
    );
  const [database = null, ...more] = parts(TABLE);
  if (more.length === 2) return database;
  const schema = parts(SCHEMA);
  return schema.length === 2 ? (schema[0] ?? null) : null;
}
