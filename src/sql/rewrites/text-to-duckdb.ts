import { evidentType, isNull } from "../hazards/evident-type.ts";
import { countOnDuckDb, extractOnDuckDb, matchesOnDuckDb, piecesOnDuckDb, replaceOnDuckDb } from "./regexp.ts";
import { asCall, inCallsOf, textOf, wholeOf, type Rewrite } from "./rewrite.ts";

/** What Trino's trim takes away. */
const BLANKS = [9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x1680, 0x2028, 0x2029, 0x205f, 0x3000]
  .concat([0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2008, 0x2009, 0x200a])
  .map((code) => `chr(${String(code)})`)
  .join(" || ");

/** Functions that give bytes. */
const BYTES = /^(to_utf8|from_hex|from_base64|md5|sha1|sha256)$/;

export const TEXT_TO_DUCKDB: readonly Rewrite[] = [
  {
    construct: "concat",
    reason: "NULL if one is NULL",
    find: inCallsOf("concat", [2, 3, 4, 5, 6, 7, 8], ({ args }, text) => {
      const types = args.map((arg) => evidentType(text, arg));
      const list = args.map((_, i) => `$${String(i + 1)}`).join(" || ");
      if (types.every((type) => type === "array")) return { template: `(${list})`, type: "array" };
      // Trino puts texts or arrays together, and takes nothing else.
      return { template: `(${list})`, type: types.includes("string") ? "string" : null };
    }),
  },
  {
    construct: "upper",
    reason: "ß has no capital in Trino",
    find: asCall(
      "upper",
      1,
      "array_to_string(list_transform(string_split($1, 'ß'), dh_v -> upper(dh_v)), 'ß')",
      "string",
    ),
  },
  {
    construct: "trim",
    reason: "DuckDB takes away other blanks",
    find: asCall(
      "trim",
      1,
      `trim($1, ${BLANKS})`,
      "string",
      ({ args: [value] }, text) =>
        value !== undefined && !text.slice(value).some((token) => token.text.toLowerCase() === "from"),
    ),
  },
  {
    construct: "ltrim",
    reason: "DuckDB takes away other blanks",
    find: asCall("ltrim", 1, `ltrim($1, ${BLANKS})`, "string"),
  },
  {
    construct: "rtrim",
    reason: "DuckDB takes away other blanks",
    find: asCall("rtrim", 1, `rtrim($1, ${BLANKS})`, "string"),
  },
  {
    construct: "replace",
    reason: "of '' Trino writes between the letters",
    find: inCallsOf("replace", [2, 3], ({ args }, text) => {
      const by = args.length > 2 ? "$3" : "''";
      if ((textOf(text, args[1]) ?? "") !== "") return { template: `replace($1, $2, ${by})`, type: "string" };
      return {
        template: `(case when $2 = '' then error('not translated: replace of an empty text') else replace($1, $2, ${by}) end)`,
        type: "string",
      };
    }),
  },
  {
    construct: "repeat",
    reason: "Trino's makes an array",
    find: asCall("repeat", 2, "list_transform(range($2), dh_v -> $1)", "array"),
  },
  {
    construct: "substr",
    reason: "out of the text there is nothing",
    find: inCallsOf("substr substring", [2, 3], ({ args: [, begin, count] }, text) => {
      const size = wholeOf(text, count) ?? -1;
      if ((wholeOf(text, begin) ?? 0) >= 1 && (count === undefined || size >= 0))
        return { template: count === undefined ? "substr($1, $2)" : "substr($1, $2, $3)", type: "string" };
      if (count === undefined)
        return {
          template: "(case when $2 = 0 or $2 < -length($1) then substr($1, 1, 0 * $2) else substr($1, $2) end)",
          type: "string",
        };
      return {
        template:
          "(case when $2 = 0 or $2 < -length($1) or $3 <= 0 then substr($1, 1, 0 * $2 * $3) else substr($1, $2, $3) end)",
        type: "string",
      };
    }),
  },
  {
    construct: "split_part",
    reason: "past the last part there is NULL",
    find: asCall(
      "split_part",
      3,
      "string_split($1, $2)[$3]",
      "string",
      ({ args: [, separator, number] }, text) =>
        (textOf(text, separator) ?? "") !== "" && (wholeOf(text, number) ?? 0) >= 1,
    ),
  },
  {
    construct: "regexp_replace",
    reason: "every match, and groups are $1",
    find: inCallsOf("regexp_replace", [2, 3], replaceOnDuckDb),
  },
  {
    construct: "regexp_extract",
    reason: "without a match there is NULL",
    find: inCallsOf("regexp_extract", [2, 3], extractOnDuckDb),
  },
  {
    construct: "regexp_like",
    reason: "blanks and the end of a text are read otherwise",
    find: inCallsOf("regexp_like", [2], matchesOnDuckDb),
  },
  {
    construct: "regexp_extract_all",
    reason: "a group without a part in the match is NULL",
    find: inCallsOf("regexp_extract_all", [2, 3], piecesOnDuckDb("regexp_extract_all")),
  },
  {
    construct: "regexp_split",
    reason: "DuckDB's name is longer",
    find: inCallsOf("regexp_split", [2], piecesOnDuckDb("string_split_regex")),
  },
  {
    construct: "reverse",
    reason: "DuckDB keeps what is one letter to the eye together",
    find: asCall(
      "reverse",
      1,
      "(case when $1 is not null then coalesce(array_to_string(list_transform(range(length($1), 0, -1), dh_i -> substr($1, dh_i, 1)), ''), '') end)",
      "string",
      ({ args: [value] }, text) => value !== undefined && evidentType(text, value) !== "array",
    ),
  },
  {
    construct: "concat_ws",
    reason: "of an array Trino takes the elements",
    find: inCallsOf("concat_ws", [2, 3, 4, 5, 6, 7, 8, 9], ({ args: [, ...values] }, text) => {
      const types = values.map((value) => (isNull(text, value) ? "string" : evidentType(text, value)));
      if (!types.every((type) => type === "string" || type === null)) return null;
      const list = types.map((type, i) => {
        const value = `$${String(i + 2)}`;
        return type === "string"
          ? value
          : `case when typeof(${value}) like '%[]' then error('not translated: concat_ws of an array') else ${value} end`;
      });
      return { template: `concat_ws($1, ${list.join(", ")})`, type: "string" };
    }),
  },
  {
    construct: "listagg without a separator",
    reason: "DuckDB puts a comma",
    find: inCallsOf("listagg", [1], () => ({ template: "listagg($1, '')", type: "string", early: true })),
  },
  { construct: "regexp_count", reason: "DuckDB has none", find: inCallsOf("regexp_count", [2], countOnDuckDb) },
  {
    construct: "levenshtein_distance",
    reason: "another name",
    find: asCall("levenshtein_distance", 2, "levenshtein($1, $2)", "integer"),
  },
  { construct: "to_hex", reason: "the translator takes small letters", find: asCall("to_hex", 1, "hex($1)", "string") },
  {
    construct: "md5",
    reason: "bytes, where DuckDB gives their letters",
    find: inCallsOf("md5 sha1 sha256", [1], ({ name }) => ({ template: `unhex(${name}($1))`, type: null })),
  },
  { construct: "to_utf8", reason: "DuckDB's encode", find: asCall("to_utf8", 1, "encode($1)") },
  { construct: "from_utf8", reason: "DuckDB's decode", find: asCall("from_utf8", 1, "decode($1)", "string") },
  { construct: "codepoint", reason: "DuckDB's unicode", find: asCall("codepoint", 1, "unicode($1)", "integer") },
  {
    construct: "normalize",
    reason: "DuckDB's nfc_normalize",
    find: asCall("normalize", 1, "nfc_normalize($1)", "string"),
  },
  {
    construct: "hamming_distance",
    reason: "DuckDB's hamming",
    find: asCall(
      "hamming_distance",
      2,
      "(case when length($1) = 0 and length($2) = 0 then 0 else hamming($1, $2) end)",
      "integer",
    ),
  },
  { construct: "to_base", reason: "letters are small", find: asCall("to_base", 2, "lower(to_base($1, $2))", "string") },
  {
    construct: "length of bytes",
    reason: "DuckDB's octet_length",
    find: asCall(
      "length",
      1,
      "octet_length($1)",
      "integer",
      ({ args: [value] }, text) =>
        value !== undefined &&
        (text.castOver(value)?.type === "varbinary" || BYTES.test(text.callOver(value)?.name ?? "")),
    ),
  },
  {
    construct: "split_to_map",
    reason: "DuckDB has none",
    find: asCall(
      "split_to_map",
      3,
      "map_from_entries(list_transform(string_split($1, $2), dh_v -> {'k': string_split(dh_v, $3)[1], 'v': string_split(dh_v, $3)[2]}))",
      null,
      ({ args: [, ...separators] }, text) => separators.every((one) => (textOf(text, one) ?? "") !== ""),
    ),
  },
];
