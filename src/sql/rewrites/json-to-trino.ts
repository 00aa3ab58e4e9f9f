import { evidentType } from "../hazards/evident-type.ts";
import type { SqlText } from "../hazards/sql-text.ts";
import { inCallsOf, quoted, textOf, wholeOf, type Rewrite, type Site } from "./rewrite.ts";

/** Numbers that DuckDB writes as they are written. */
const SAME_NUMBER = "'^(true|false|-?[0-9]{1,18}|-?[0-9]{1,9}\\.([0-9]{0,5}[1-9]|0))$$'";

/** What may follow an operator that binds as loosely as DuckDB's ->>. */
const ENDS = [
  "from",
  "as",
  "where",
  "group",
  "order",
  "limit",
  "and",
  "or",
  "then",
  "else",
  "end",
  "when",
  "having",
  "union",
];

/** x -> 'a' ->> 'b' where nothing beside it may belong to one of its sides: one path into what is on the left. */
function arrows(text: SqlText): readonly Site[] {
  return text.tokens.flatMap((_, at): readonly Site[] => {
    if (!text.sign(at, "->", "->>") || text.sign(at + 2, "->", "->>")) return [];
    let path = stepOf(text, at + 1);
    let left = text.operandBefore(at);
    while (text.sign(left.from - 1, "->") && left.to - left.from === 1) {
      path = path === null ? null : (stepOf(text, left.from) ?? "$") + path.slice(1);
      if (stepOf(text, left.from) === null) path = null;
      left = text.operandBefore(left.from - 1);
    }
    const before = left.from - 1;
    const begins =
      before < 0 ||
      text.sign(before, "(", ",") ||
      text.is(before, "select", "and", "or", "where", "when", "then", "else", "by", "on");
    const ends = at + 2 >= text.tokens.length || text.sign(at + 2, ")", ",") || text.is(at + 2, ...ENDS);
    if (path === null || !begins || !ends) return [];
    const literal = quoted(path).replaceAll("$", () => "$$");
    const cast = text.castOver(left);
    const isCast = cast?.type === "json" && !cast.lenient;
    const args = [isCast ? cast.value : left];
    const json = isCast ? "json_parse($1)" : "$1";
    if (text.sign(at, "->>"))
      return [{ from: left.from, to: at + 2, args, template: jsonTemplate(literal, json), type: "string" }];
    // Elsewhere x -> 'a' may be a function.
    if (!isCast && evidentType(text, left) !== "json") return [];
    return [{ from: left.from, to: at + 2, args, template: `json_extract(${json}, ${literal})`, type: "json" }];
  });
}

/** A literal to the right of an arrow, as a path. */
function stepOf(text: SqlText, at: number): string | null {
  const index = wholeOf(text, { from: at, to: at + 1 });
  if (index !== undefined) return `$[${String(index)}]`;
  const content = textOf(text, { from: at, to: at + 1 }) ?? "";
  if (/^\$(\.\w+|\[\d+\])+$/.test(content)) return content;
  return /^\w+$/.test(content) ? `$.${content}` : null;
}

function jsonTemplate(path: string, value = "$1"): string {
  const [json, scalar] = [`json_format(json_extract(${value}, ${path}))`, `json_extract_scalar(${value}, ${path})`];
  return `case when ${json} like '"%' then ${scalar} when ${json} is null or ${json} = 'null' then null when regexp_like(${scalar}, ${SAME_NUMBER}) then ${scalar} else cast(fail('not translated: a JSON object, array or long number as text') as varchar) end`;
}

function jsonText(text: SqlText): ReturnType<Rewrite["find"]> {
  return inCallsOf("json_extract_string json_extract_path_text", [2], ({ args: [, path] }) => {
    const content = textOf(text, path);
    if (content === undefined || !/^\$(\.\w+|\[\d+\])+$/.test(content)) return null;
    return { template: jsonTemplate("$2"), type: "string" };
  })(text);
}

/** Of what is no array DuckDB says 0, where Trino says NULL; of a text that is no JSON both fail. */
function lengthOf(json: string): string {
  return `(case when ${json} is not null then coalesce(json_array_length(${json}), 0) end)`;
}

export const JSON_TO_TRINO: readonly Rewrite[] = [
  { construct: "->>", reason: "the same", find: arrows },
  {
    construct: "json_extract_string",
    reason: "of an object Trino gives NULL; numbers are written otherwise",
    find: jsonText,
  },
  {
    construct: "json_array_length",
    reason: "0 of what is no array",
    find: inCallsOf("json_array_length", [1], ({ args: [value] }, text) => {
      const cast = value === undefined ? undefined : text.castOver(value);
      if (value === undefined || (cast?.type === "json" && cast.lenient)) return null;
      const args = [cast?.type === "json" ? cast.value : value];
      const isJson = cast?.type !== "json" && evidentType(text, value) === "json";
      return { template: lengthOf(isJson ? "$1" : "json_parse($1)"), type: "integer", args };
    }),
  },
];
