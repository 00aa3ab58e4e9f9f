import { evidentType, isNull, type EvidentType } from "../hazards/evident-type.ts";
import { extractOnTrino, fullMatchOnTrino, matchesOnTrino, piecesOnTrino, replaceOnTrino } from "./regexp.ts";
import type { Range, SqlText } from "../hazards/sql-text.ts";
import { asCall, inCallsOf, isFollowed, textOf, wholeOf, type Rewrite, type Site } from "./rewrite.ts";
import { textOrFail } from "./values-to-trino.ts";

/** What DuckDB's trim takes away: Unicode's separators of words. */
const SEPARATORS =
  "U&' \\00A0\\1680\\2000\\2001\\2002\\2003\\2004\\2005\\2006\\2007\\2008\\2009\\200A\\202F\\205F\\3000'";

/** Where substr begins, from 0; before the text where it is negative. */
const BEGIN = "case when $2 >= 0 then $2 - 1 else length($1) + $2 end";
const COUNT = "case when $3 < 0 then cast(fail('not translated: substr of a negative length') as bigint) else $3 end";

/** Letters that are put together with none beside them: Latin, Greek, Cyrillic, kana, Chinese. */
const PLAIN =
  "\\x{0}-\\x{2FF}\\x{370}-\\x{482}\\x{48A}-\\x{52F}\\x{3041}-\\x{3096}\\x{30A1}-\\x{30FA}\\x{4E00}-\\x{9FFF}";

/** What becomes the text that DuckDB writes, or an error. */
const WRITTEN_ALIKE: readonly EvidentType[] = [
  "string",
  "integer",
  "decimal",
  "boolean",
  "date",
  "double",
  "timestamp",
  "number",
];

function asText(value: string, type: EvidentType | undefined, isNothing: boolean): string {
  if (type === "string" || isNothing) return value;
  return ["integer", "decimal", "boolean", "date"].includes(type ?? "")
    ? `cast(${value} as varchar)`
    : textOrFail(value);
}

export const TEXT_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "concat",
    reason: "NULLs are left out",
    find: inCallsOf("concat", [1, 2, 3, 4, 5, 6, 7, 8], ({ args }, text) => {
      const types = args.map((arg) => evidentType(text, arg));
      // Lists are put together to a list; of unknown types, Trino refuses to make a text of one.
      if (types.some((type) => type !== null && !WRITTEN_ALIKE.includes(type))) return null;
      const parts = args.map((arg, i) => `coalesce(${asText(`$${String(i + 1)}`, types[i], isNull(text, arg))}, '')`);
      return { template: `(${parts.join(" || ")})`, type: "string" };
    }),
  },
  {
    construct: "upper",
    reason: "ß has a capital in DuckDB",
    find: asCall("upper ucase", 1, "upper(replace($1, U&'\\00DF', U&'\\1E9E'))", "string"),
  },
  {
    construct: "trim",
    reason: "Trino takes away other blanks",
    find: asCall("trim", 1, `trim($1, ${SEPARATORS})`, "string", notFrom),
  },
  {
    construct: "ltrim",
    reason: "Trino takes away other blanks",
    find: asCall("ltrim", 1, `ltrim($1, ${SEPARATORS})`, "string"),
  },
  {
    construct: "rtrim",
    reason: "Trino takes away other blanks",
    find: asCall("rtrim", 1, `rtrim($1, ${SEPARATORS})`, "string"),
  },
  {
    construct: "replace",
    reason: "of '' nothing is replaced",
    find: asCall("replace", 3, "case when $2 = '' and $3 is not null then $1 else replace($1, $2, $3) end", "string"),
  },
  {
    construct: "repeat",
    reason: "Trino's makes an array",
    find: asCall(
      "repeat",
      2,
      "case when $1 = '' and $2 is not null then '' else lpad('', greatest($2, 0) * length($1), $1) end",
      "string",
      ({ args: [value] }, text) => value !== undefined && ["string", null].includes(evidentType(text, value)),
    ),
  },
  {
    construct: "substr",
    reason: "before the text's beginning the engines count differently",
    find: inCallsOf("substr substring", [2, 3], ({ args: [, begin, count] }, text) => {
      const size = count === undefined ? undefined : (wholeOf(text, count) ?? -1) >= 0 ? "$3" : COUNT;
      if (begin !== undefined && (wholeOf(text, begin) ?? 0) >= 1 && (size === "$3" || count === undefined))
        return { template: count === undefined ? "substr($1, $2)" : "substr($1, $2, $3)", type: "string" };
      if (size === undefined) return { template: `substr($1, greatest(${BEGIN}, 0) + 1)`, type: "string" };
      const shortened = `greatest(${size} + least(${BEGIN}, 0), 0)`;
      return { template: `substr($1, greatest(${BEGIN}, 0) + 1, ${shortened})`, type: "string" };
    }),
  },
  {
    construct: "left",
    reason: "Trino has none",
    find: asCall("left", 2, "substr($1, 1, case when $2 >= 0 then $2 else greatest(length($1) + $2, 0) end)", "string"),
  },
  {
    construct: "right",
    reason: "Trino has none",
    find: asCall(
      "right",
      2,
      "substr($1, case when $2 >= 0 then greatest(length($1) - $2, 0) else -$2 end + 1)",
      "string",
    ),
  },
  {
    construct: "split_part",
    reason: "past the last part there is ''",
    find: inCallsOf("split_part", [3], ({ args: [, separator, number] }, text) => {
      const index = wholeOf(text, number);
      if ((textOf(text, separator) ?? "") === "" || index === undefined || index === 0) return null;
      return { template: "coalesce(element_at(split($1, $2), $3), substr($1, 1, 0))", type: "string" };
    }),
  },
  {
    construct: "regexp_replace",
    reason: "the first match only, and groups are \\1",
    find: inCallsOf("regexp_replace", [3, 4], replaceOnTrino),
  },
  {
    construct: "regexp_extract",
    reason: "without a match there is ''",
    find: inCallsOf("regexp_extract", [2, 3], extractOnTrino),
  },
  {
    construct: "regexp_matches",
    reason: "blanks and the end of a text are read otherwise",
    find: inCallsOf("regexp_matches", [2, 3], matchesOnTrino),
  },
  {
    construct: "regexp_extract_all",
    reason: "a group without a part in the match is ''",
    find: inCallsOf("regexp_extract_all", [2, 3], piecesOnTrino("regexp_extract_all")),
  },
  {
    construct: "regexp_split_to_array",
    reason: "Trino's is regexp_split",
    find: inCallsOf("regexp_split_to_array string_split_regex str_split_regex", [2], piecesOnTrino("regexp_split")),
  },
  {
    construct: "reverse",
    reason: "what is one letter to the eye stays together",
    find: asCall(
      "reverse",
      1,
      `case when regexp_like($1, '[^${PLAIN}]') then cast(fail('not translated: reverse of letters that are put together') as varchar) else reverse($1) end`,
      "string",
    ),
  },
  {
    construct: "concat_ws",
    reason: "an array is one text, and numbers are texts",
    find: inCallsOf("concat_ws", [2, 3, 4, 5, 6, 7, 8, 9], ({ args: [, ...values] }, text) => {
      const types = values.map((value) => (isNull(text, value) ? "string" : evidentType(text, value)));
      if (types.some((type) => type !== null && !WRITTEN_ALIKE.includes(type))) return null;
      const list = types.map((type, i) => asText(`$${String(i + 2)}`, type, false));
      return { template: `concat_ws($1, ${list.join(", ")})`, type: "string" };
    }),
  },
  {
    construct: "hamming",
    reason: "another name",
    find: asCall("hamming mismatches", 2, "hamming_distance($1, $2)", "integer"),
  },
  {
    construct: "nfc_normalize",
    reason: "another name",
    find: asCall("nfc_normalize", 1, "normalize($1, NFC)", "string"),
  },
  {
    construct: "to_base",
    reason: "letters are capitals",
    find: asCall("to_base", 2, "upper(to_base($1, $2))", "string"),
  },
  {
    construct: "x || 1",
    reason: "Trino puts only texts together",
    find: textsBesideNumbers,
  },
  {
    construct: "regexp_full_match",
    reason: "Trino has none",
    find: inCallsOf("regexp_full_match", [2], fullMatchOnTrino),
  },
  {
    construct: "contains",
    reason: "of texts Trino has strpos",
    find: asCall(
      "contains",
      2,
      "(strpos($1, $2) > 0)",
      "boolean",
      ({ args: [value] }, text) => value !== undefined && evidentType(text, value) === "string",
    ),
  },
  {
    construct: "suffix",
    reason: "Trino has none",
    find: asCall("suffix ends_with", 2, "starts_with(reverse($1), reverse($2))", "boolean"),
  },
  {
    construct: "prefix",
    reason: "Trino's is starts_with",
    find: asCall("prefix", 2, "starts_with($1, $2)", "boolean"),
  },
  {
    construct: "md5",
    reason: "Trino's is of bytes",
    find: asCall("md5", 1, "lower(to_hex(md5(to_utf8($1))))", "string"),
  },
  {
    construct: "sha1",
    reason: "Trino's is of bytes",
    find: asCall("sha1", 1, "lower(to_hex(sha1(to_utf8($1))))", "string"),
  },
  {
    construct: "sha256",
    reason: "Trino's is of bytes",
    find: asCall("sha256", 1, "lower(to_hex(sha256(to_utf8($1))))", "string"),
  },
  {
    construct: "ascii",
    reason: "Trino's codepoint takes one letter",
    find: asCall(
      "ascii",
      1,
      "case when $1 = '' then 0 else codepoint(cast(substr($1, 1, 1) as varchar(1))) end",
      "integer",
    ),
  },
  {
    construct: "unicode",
    reason: "Trino's codepoint takes one letter",
    find: asCall(
      "unicode ord",
      1,
      "case when $1 = '' then -1 else codepoint(cast(substr($1, 1, 1) as varchar(1))) end",
      "integer",
    ),
  },
  {
    construct: "strlen",
    reason: "bytes, which Trino counts of binaries",
    find: asCall("strlen", 1, "length(to_utf8($1))", "integer"),
  },
  {
    construct: "bit_length",
    reason: "Trino has none",
    find: asCall("bit_length", 1, "(8 * length(to_utf8($1)))", "integer"),
  },
  {
    construct: "hex",
    reason: "Trino's is of bytes",
    find: asCall(
      "hex to_hex",
      1,
      "to_hex(to_utf8($1))",
      "string",
      ({ args: [value] }, text) => value !== undefined && evidentType(text, value) === "string",
    ),
  },
  {
    construct: "hex of a number",
    reason: "Trino's is of bytes",
    find: asCall(
      "hex to_hex",
      1,
      "upper(to_base($1, 16))",
      "string",
      ({ args: [value] }, text) => (wholeOf(text, value) ?? -1) >= 0,
    ),
  },
  {
    construct: "to_base",
    reason: "letters are capitals",
    find: asCall("to_base", 2, "upper(to_base($1, $2))", "string"),
  },
  {
    construct: "from_hex",
    reason: "the translator knows it by a name that Trino does not have",
    find: asCall("from_hex unhex", 1, "from_hex($1)"),
  },
  {
    construct: "url_encode",
    reason: "blanks, ~ and * are written otherwise",
    find: asCall(
      "url_encode",
      1,
      "replace(replace(replace(url_encode($1), '+', '%20'), '*', '%2A'), '%7E', '~')",
      "string",
    ),
  },
  {
    construct: "url_decode",
    reason: "a + stays",
    find: asCall("url_decode", 1, "url_decode(replace($1, '+', '%2B'))", "string"),
  },
  { construct: "string_agg", reason: "Trino's listagg asks for an order", find: aggregated },
];

function notFrom(
  { args: [value] }: { args: readonly { from: number; to: number }[] },
  text: Parameters<Rewrite["find"]>[0],
): boolean {
  return value !== undefined && !text.slice(value).some((token) => token.text.toLowerCase() === "from");
}

/** Without an order. */
function aggregated(text: Parameters<Rewrite["find"]>[0]): ReturnType<Rewrite["find"]> {
  return inCallsOf("string_agg group_concat listagg", [1, 2], (call) => {
    if (isFollowed(text, call)) return null;
    const separator = call.args.length > 1 ? "$2" : "','";
    const [first] = call.args;
    const value = asText("$1", first === undefined ? null : evidentType(text, first), false);
    return { template: `array_join(array_agg(${value}) filter (where $1 is not null), ${separator})`, type: "string" };
  })(text);
}

/** What is put together with a text becomes one: `'n=' || 5`. */
function textsBesideNumbers(text: SqlText): readonly Site[] {
  return text.tokens.flatMap((_, at): readonly Site[] => {
    if (!text.sign(at, "||") || at === 0) return [];
    const [left, right] = [text.operandBefore(at), text.operandAfter(at + 1)];
    const isNumber = (range: Range) =>
      ["integer", "decimal", "boolean", "date"].includes(evidentType(text, range) ?? "");
    const written = (range: Range) => ({
      ...range,
      args: [range],
      template: "cast($1 as varchar)",
      type: "string" as const,
    });
    // Beside a sum the operand is only a part of one.
    const alone = (range: Range) =>
      !text.sign(range.from - 1, "+", "-", "*", "/", "%") && !text.sign(range.to, "+", "-", "*", "/", "%", "->", "->>");
    if (evidentType(text, left) === "string" && isNumber(right) && alone(right)) return [written(right)];
    return evidentType(text, right) === "string" && isNumber(left) && alone(left) ? [written(left)] : [];
  });
}
