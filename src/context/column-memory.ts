import type { RelationParts } from "../contracts/relation.ts";
import type { Value } from "../jinja/values.ts";

/** Statements that leave every table's columns as they are. */
const NEUTRAL = new Set([
  ...["select", "with", "values", "show", "describe", "desc", "explain", "analyze", "set", "reset", "use"],
  ...["insert", "update", "delete", "merge", "truncate", "comment", "grant", "revoke", "deny", "commit", "begin"],
]);

const PART = String.raw`(?:"(?:[^"]|"")*"|[\w$]+)`;
const NAME = String.raw`${PART}(?:\s*\.\s*${PART})*`;
const CHANGED = new RegExp(
  String.raw`^(?:create(?:\s+or\s+replace)?|alter|drop)\s+(?:table|view|materialized\s+view)\s+(?:if\s+(?:not\s+)?exists\s+)?(${NAME})`,
  "i",
);
const RENAMED = new RegExp(String.raw`\brename\s+to\s+(${NAME})\s*$`, "i");
const LEADING_COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/;

/**
 * Columns of relations that one node's macros asked for: they ask for the same ones again and again. It follows the
 * node's own statements: what one of them may have changed is forgotten, and all of it where that is not clear.
 */
export class ColumnMemory {
  private readonly known = new Map<string, { readonly identifier: string; readonly columns: readonly Value[] }>();

  get({ database, schema, identifier }: RelationParts): Value[] | null {
    const found = this.known.get(keyOf([database, schema, identifier]));
    return found === undefined ? null : [...found.columns];
  }

  /** A relation without columns is one that is not there yet. */
  set({ database, schema, identifier }: RelationParts, columns: readonly Value[]): void {
    if (columns.length === 0) return;
    this.known.set(keyOf([database, schema, identifier]), {
      identifier: (identifier ?? "").toLowerCase(),
      columns: [...columns],
    });
  }

  follow(sql: string): void {
    if (this.known.size === 0) return;
    // A semicolon inside a text makes a part that is no statement: then more is forgotten than had to be.
    for (const part of sql.split(";")) this.followOne(part.replace(LEADING_COMMENTS, ""));
  }

  private followOne(statement: string): void {
    const word = /^\(*\s*(\w*)/.exec(statement)?.[1]?.toLowerCase() ?? "";
    if (statement === "" || NEUTRAL.has(word)) return;
    const changed = CHANGED.exec(statement)?.[1];
    if (changed === undefined) {
      this.known.clear();
      return;
    }
    const renamed = RENAMED.exec(statement)?.[1];
    for (const name of renamed === undefined ? [changed] : [changed, renamed]) this.forget(lastPart(name));
  }

  private forget(identifier: string): void {
    for (const [key, entry] of this.known) if (entry.identifier === identifier) this.known.delete(key);
  }
}

function keyOf(parts: readonly (string | null)[]): string {
  return parts.map((part) => (part ?? "").toLowerCase()).join("\0");
}

function lastPart(name: string): string {
  const part = name.match(new RegExp(PART, "g"))?.at(-1) ?? "";
  return (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part).toLowerCase();
}
