import type { Call, SqlText } from "../hazards/sql-text.ts";
import { quoted, textOf, wholeOf, type Written } from "./rewrite.ts";

/** What both engines' regular expressions have and read alike; a backslash before anything else is refused. */
const SAME_ESCAPES = /^[dDwW.*+?()[\]{}|^$\\/\-tnrf]$/;
/** DuckDB's blanks do not have the vertical tab, Trino's do. */
const BLANKS = { duckdb: String.raw`\t\n\f\r `, trino: String.raw`\t\n\x0B\f\r ` };

export interface Pattern {
  readonly text: string;
  /** It has `$`, which in Trino also stands before a line break at the text's end. */
  readonly atEnd: boolean;
  readonly groups: number;
}

/** A literal pattern of one engine as the other reads it, or null where that is not certain. */
export function translatePattern(source: string, from: "duckdb" | "trino"): Pattern | null {
  let text = "";
  let [inClass, atEnd, groups] = [false, false, 0];
  for (let at = 0; at < source.length; at++) {
    const [letter, next] = [source.charAt(at), source.charAt(at + 1)];
    if (letter === "\\") {
      at++;
      if (next === "s") text += inClass ? BLANKS[from] : `[${BLANKS[from]}]`;
      else if (next === "S" && !inClass) text += `[^${BLANKS[from]}]`;
      else if (SAME_ESCAPES.test(next)) text += letter + next;
      else return null;
      continue;
    }
    // Sets inside sets, and flags but `i`, are read differently.
    if (letter === "[" && inClass) return null;
    if (letter === "(" && !inClass) {
      if (next === "?" && !/^\?(:|i\)|i:)/.test(source.slice(at + 1))) return null;
      if (next !== "?") groups++;
    }
    if (letter === "&" && next === "&") return null;
    if (letter === "[") inClass = true;
    if (letter === "]") inClass = false;
    if (letter === "$" && !inClass) atEnd = true;
    text += letter === "$" && !inClass && from === "duckdb" ? String.raw`\z` : letter;
  }
  return { text, atEnd, groups };
}

/** Whether a pattern may match nothing: between two matches the engines then count differently. */
function matchesNothing(source: string): boolean {
  try {
    const pattern = new RegExp(source.replace(/^\(\?i\)/, ""), "g");
    return ["", "a", " ", "1", "a b-1", "aa"].some((text) =>
      [...text.matchAll(pattern)].some(([match]) => match === ""),
    );
  } catch {
    return true;
  }
}

/** A replacement's groups as the other engine writes them; `shift` groups stand before. */
function translateReplacement(source: string, from: "duckdb" | "trino", shift: number): string | null {
  let text = "";
  for (let at = 0; at < source.length; at++) {
    const [letter, next] = [source.charAt(at), source.charAt(at + 1)];
    if (letter === (from === "duckdb" ? "\\" : "$")) {
      at++;
      if (/\d/.test(next)) {
        if (from === "trino" && /\d/.test(source.charAt(at + 1))) return null;
        const group = Number(next) + shift;
        if (group > 9 || (from === "duckdb" && /\d/.test(source.charAt(at + 1)))) return null;
        text += `${from === "duckdb" ? "$" : "\\"}${String(group)}`;
      } else if (from === "duckdb" && next === "\\") text += "\\\\";
      else return null;
    } else if (from === "trino" && letter === "\\") {
      at++;
      if (next === "") return null;
      text += next === "\\" ? "\\\\" : next;
    } else if (from === "duckdb" && letter === "$") text += "\\$";
    else text += letter;
  }
  return text;
}

/** The first match only becomes a pattern that begins with the text: what is before it is a group of its own. */
export function replaceOnTrino({ args }: Call, text: SqlText): Written | null {
  const [subject, pattern, replacement, options] = args;
  const [source, by] = [textOf(text, pattern), textOf(text, replacement)];
  const flags = options === undefined ? "" : textOf(text, options);
  if (subject === undefined || source === undefined || by === undefined || !/^[gi]*$/.test(flags ?? "-")) return null;
  const translated = translatePattern(source, "duckdb");
  if (translated === null || /\\[1-9]/.test(source)) return null;
  const ignoreCase = flags?.includes("i") === true ? "(?i)" : "";
  if (flags?.includes("g") === true) {
    const replaced = translateReplacement(by, "duckdb", 0);
    if (replaced === null || matchesNothing(source) || highestGroup(by, "\\") > translated.groups) return null;
    return {
      template: `regexp_replace($1, ${inTemplate(ignoreCase + translated.text)}, ${inTemplate(replaced)})`,
      type: "string",
      args: [subject],
    };
  }
  const replaced = translateReplacement(by, "duckdb", 2);
  if (replaced === null || highestGroup(by, "\\") > translated.groups) return null;
  const first = String.raw`\A((?s:.*?))(${ignoreCase}${translated.text})`;
  return {
    template: `regexp_replace($1, ${inTemplate(first)}, ${inTemplate(`$1${replaced}`)})`,
    type: "string",
    args: [subject],
  };
}

export function replaceOnDuckDb({ args }: Call, text: SqlText): Written | null {
  const [subject, pattern, replacement] = args;
  const [source, by] = [textOf(text, pattern), replacement === undefined ? "" : textOf(text, replacement)];
  if (subject === undefined || source === undefined || by === undefined) return null;
  const translated = translatePattern(source, "trino");
  const replaced = translateReplacement(by, "trino", 0);
  if (translated === null || replaced === null || matchesNothing(source)) return null;
  if (highestGroup(by, "$") > translated.groups) return null;
  const call = `regexp_replace($1, ${inTemplate(translated.text)}, ${inTemplate(replaced)}, 'g')`;
  return { template: guarded(translated, call), type: "string", args: [subject] };
}

export function extractOnTrino({ args }: Call, text: SqlText): Written | null {
  const [subject, pattern, group] = args;
  const source = textOf(text, pattern);
  const number = group === undefined ? 0 : wholeOf(text, group);
  const translated = source === undefined ? null : translatePattern(source, "duckdb");
  if (subject === undefined || translated === null || number === undefined || number > translated.groups) return null;
  const call = `regexp_extract($1, ${inTemplate(translated.text)}${number > 0 ? `, ${String(number)}` : ""})`;
  return { template: `coalesce(${call}, substr($1, 1, 0))`, type: "string", args: [subject] };
}

export function extractOnDuckDb({ args }: Call, text: SqlText): Written | null {
  const [subject, pattern, group] = args;
  const source = textOf(text, pattern);
  const number = group === undefined ? 0 : wholeOf(text, group);
  const translated = source === undefined ? null : translatePattern(source, "trino");
  if (subject === undefined || source === undefined || translated === null || number === undefined) return null;
  // A group that takes no part in the match is NULL in Trino and '' in DuckDB.
  if (number > 0 && (/\||\)(\?|\*|\{0)/.test(source) || number > translated.groups)) return null;
  const literal = inTemplate(translated.text);
  const call = `case when regexp_matches($1, ${literal}) then regexp_extract($1, ${literal}, ${String(number)}) end`;
  return { template: guarded(translated, call), type: "string", args: [subject] };
}

/** Whole numbers of matches. */
export function countOnDuckDb({ args }: Call, text: SqlText): Written | null {
  const [subject, pattern] = args;
  const source = textOf(text, pattern);
  const translated = source === undefined ? null : translatePattern(source, "trino");
  if (subject === undefined || source === undefined || translated === null || matchesNothing(source)) return null;
  const call = `len(regexp_extract_all($1, ${inTemplate(translated.text)}))`;
  return { template: guarded(translated, call), type: "integer", args: [subject] };
}

export function fullMatchOnTrino({ args }: Call, text: SqlText): Written | null {
  const [subject, pattern] = args;
  const source = textOf(text, pattern);
  const translated = source === undefined ? null : translatePattern(source, "duckdb");
  if (subject === undefined || translated === null) return null;
  return {
    template: `regexp_like($1, ${inTemplate(String.raw`\A(?:${translated.text})\z`)})`,
    type: "boolean",
    args: [subject],
  };
}

export function matchesOnTrino({ args }: Call, text: SqlText): Written | null {
  const [subject, pattern, options] = args;
  const source = textOf(text, pattern);
  const flags = options === undefined ? "" : textOf(text, options);
  const translated = source === undefined ? null : translatePattern(source, "duckdb");
  if (subject === undefined || translated === null || !/^i?$/.test(flags ?? "-")) return null;
  const literal = inTemplate((flags === "i" ? "(?i)" : "") + translated.text);
  return { template: `regexp_like($1, ${literal})`, type: "boolean", args: [subject] };
}

export function matchesOnDuckDb({ args }: Call, text: SqlText): Written | null {
  const [subject, pattern] = args;
  const source = textOf(text, pattern);
  const translated = source === undefined ? null : translatePattern(source, "trino");
  if (subject === undefined || translated === null) return null;
  const call = `regexp_matches($1, ${inTemplate(translated.text)})`;
  return { template: guarded(translated, call), type: "boolean", args: [subject] };
}

/** All matches, or what is between them: of patterns that match something, and of groups that take part in every match. */
function pieces(
  from: "duckdb" | "trino",
  name: string,
): (call: Call, text: SqlText) => (Written & { pattern: Pattern }) | null {
  return ({ args }, text) => {
    const [subject, pattern, group] = args;
    const source = textOf(text, pattern);
    const number = group === undefined ? 0 : wholeOf(text, group);
    const translated = source === undefined ? null : translatePattern(source, from);
    if (subject === undefined || source === undefined || translated === null || number === undefined) return null;
    if (matchesNothing(source) || number > translated.groups) return null;
    if (number > 0 && /\||\)(\?|\*|\{0)/.test(source)) return null;
    const rest = number > 0 ? `, ${String(number)}` : "";
    const template = `${name}($1, ${inTemplate(translated.text)}${rest})`;
    return { template, type: "array", args: [subject], pattern: translated };
  };
}

export function piecesOnTrino(name: string): (call: Call, text: SqlText) => Written | null {
  return pieces("duckdb", name);
}

export function piecesOnDuckDb(name: string): (call: Call, text: SqlText) => Written | null {
  return (call, text) => {
    const written = pieces("trino", name)(call, text);
    return written === null ? null : { ...written, template: guarded(written.pattern, written.template) };
  };
}

/** Rather an error than another answer for a text that ends with a line break. */
function guarded({ atEnd }: Pattern, call: string): string {
  if (!atEnd) return `(${call})`;
  return `(case when $1 like '%' || chr(10) then error('not translated: a regular expression with $ on a text that ends with a line break') else ${call} end)`;
}

function highestGroup(replacement: string, sign: string): number {
  return Math.max(
    0,
    ...[...replacement.matchAll(/[\\$](\d)/g)]
      .filter(([match]) => match.startsWith(sign))
      .map(([, group]) => Number(group)),
  );
}

/** A literal in a template, where $1 is an argument. */
function inTemplate(content: string): string {
  return quoted(content).replaceAll("$", () => "$$");
}
