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

/** What a statement says that it writes to, with its database; null: it reads, or its name for it has no database. */
export function writtenName(sql: string): readonly string[] | null {
  const parts = (pattern: RegExp): string[] =>
    [...(pattern.exec(sql)?.[1] ?? "").matchAll(new RegExp(PART, "gu"))].map(([part]) =>
      part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
    );
  const table = parts(TABLE);
  if (table.length === 3) return table;
  const schema = parts(SCHEMA);
  return schema.length === 2 ? schema : null;
}
