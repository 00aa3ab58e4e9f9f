import type { RelationPlace } from "../../sql/locate-relations.ts";
import { type KnownRelation } from "./table-directory.ts";
import { quoted } from "../../shared/quoted.ts";

/** A name in a query, and the relation it stands for. */
export interface NamedInput {
  readonly place: RelationPlace;
  readonly relation: KnownRelation;
}

export interface Rewritten {
  readonly sql: string;
  /** A place of the new text in the old one; null: nobody knows. */
  readonly original: ((line: number, column: number) => { line: number; column: number }) | null;
}

/** Puts the engine's names in the place of those that were written; columns that are qualified with them stay right. */
export function rewriteQuery(
  sql: string,
  inputs: readonly NamedInput[],
  textOf: (relation: KnownRelation) => string,
): Rewritten {
  let text = "";
  let at = 0;
  const edits: { newEnd: number; delta: number }[] = [];
  for (const { place, relation } of inputs) {
    const name = textOf(relation);
    text += sql.slice(at, place.start) + name + aliasFor(place, name);
    at = place.end;
    edits.push({ newEnd: text.length, delta: text.length - at });
  }
  text += sql.slice(at);
  const original = (line: number, column: number): { line: number; column: number } => {
    const lineStart = startOfLine(text, line);
    const offset = lineStart + column - 1;
    const delta = edits.findLast(({ newEnd }) => newEnd <= offset)?.delta ?? 0;
    const before = sql.slice(0, Math.max(0, offset - delta));
    return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
  };
  return { sql: text, original };
}

function startOfLine(text: string, line: number): number {
  let start = 0;
  for (let count = 1; count < line; count++) start = text.indexOf("\n", start) + 1;
  return start;
}

/** `from orders where orders.id = 1` still means something when the table is called otherwise there, or is a file. */
function aliasFor({ parts, takesAlias }: RelationPlace, name: string): string {
  const last = parts.at(-1) ?? "";
  const isSame = name.toLowerCase().endsWith(`.${quoted(last).toLowerCase()}`);
  return takesAlias && !isSame ? ` as ${quoted(last.split(".").at(-1) ?? last)}` : "";
}
