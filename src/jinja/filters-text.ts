import { percentFormat } from "./percent-format.ts";
import { add } from "./arithmetic.ts";
import { Signature, toInt } from "./arguments.ts";
import type { Filter } from "./environment.ts";
import { reserve } from "./limits.ts";
import { capitalize } from "./str-case.ts";
import { replaceText, strMethods } from "./str-methods.ts";
import { Markup } from "./str-object.ts";
import { splitLines, strip } from "./str-split.ts";
import { wrapParagraph } from "./word-wrap.ts";
import { slice } from "./attributes.ts";
import {
  lengthOf,
  NO_KWARGS,
  PyDict,
  PyTuple,
  Undefined,
  pyStr,
  raise,
  textOf,
  truthy,
  tuple,
  typeName,
  type Kwargs,
  type Value,
} from "./values.ts";

/** Markup stays Markup, as markupsafe.soft_str has it. */
function keepMarkup(value: Value, text: string): Value {
  return value instanceof Markup ? new Markup(text) : text;
}

/** A filter of a text and nothing else. */
function simple(name: string, convert: (text: string) => string): Filter {
  const signature = new Signature(name, "s");
  return (_state, value, args, kwargs) => {
    signature.bind([value, ...args], kwargs);
    return keepMarkup(value, convert(pyStr(value)));
  };
}

function titleWords(text: string): string {
  return text
    .split(/([-\s({[<]+)/)
    .map((word) => capitalizeRest(word))
    .join("");
}

function capitalizeRest(word: string): string {
  const [first = ""] = word;
  return first.toUpperCase() + word.slice(first.length).toLowerCase();
}

const replaceArgs = new Signature("do_replace", "s old new count?", 1);

const replace: Filter = (_state, value, args, kwargs) => {
  const [s = null, old = null, fresh = null, count = null] = replaceArgs.bind([value, ...args], kwargs);
  const limit = count === null ? -1 : toInt(count);
  return replaceText(pyStr(s), pyStr(old), pyStr(fresh), limit);
};

const trimArgs = new Signature("do_trim", "value chars?");

const trim: Filter = (_state, value, args, kwargs) => {
  const [, chars = null] = trimArgs.bind([value, ...args], kwargs);
  const set = chars === null ? undefined : (textOf(chars) ?? raise("TypeError", "strip arg must be None or str"));
  return keepMarkup(value, strip(pyStr(value), set, true, true));
};

const centerArgs = new Signature("do_center", "value width?");

const center: Filter = (_state, value, args, kwargs) => {
  const [, width = 80] = centerArgs.bind([value, ...args], kwargs);
  return strMethods.get("center")?.(pyStr(value), [width], NO_KWARGS) ?? null;
};

const indentArgs = new Signature("do_indent", "s width? first? blank?");

const indent: Filter = (_state, value, args, kwargs) => {
  const [s = null, width = 4, first = false, blank = false] = indentArgs.bind([value, ...args], kwargs);
  const space = textOf(width) ?? spaces(width);
  const text = textOf(Array.isArray(s) && !(s instanceof PyTuple) ? s : withNewline(s));
  if (text === undefined) return noMethod(s, "splitlines");
  const lines = splitLines(text, false);
  reserve(lines.length * space.length);
  const indented = lines
    .map((line, i) => (i === 0 || (line === "" && !truthy(blank)) ? line : space + line))
    .join("\n");
  return keepMarkup(value, truthy(first) ? space + indented : indented);
};

/** s += "\n", with the message of that operator. */
function withNewline(s: Value): Value {
  if (textOf(s) !== undefined || s instanceof Undefined || s instanceof PyTuple) return add(s, "\n");
  return raise("TypeError", `unsupported operand type(s) for +=: '${typeName(s)}' and 'str'`);
}

/** What Python says of a method that only texts have. */
function noMethod(value: Value, name: string): never {
  if (value instanceof Undefined) value.fail();
  return raise("AttributeError", `'${typeName(value)}' object has no attribute '${name}'`);
}

function spaces(width: Value): string {
  if (typeof width !== "number" && typeof width !== "boolean")
    return raise("TypeError", `can't multiply sequence by non-int of type '${typeName(width)}'`);
  reserve(Number(width));
  return " ".repeat(Math.max(0, Number(width)));
}

const truncateArgs = new Signature("do_truncate", "s length? killwords? end? leeway?", 1);

const truncate: Filter = (_state, value, args, kwargs) => {
  const [s = null, lengthArg = 255, killWords = false, endArg = "...", leewayArg = null] = truncateArgs.bind(
    [value, ...args],
    kwargs,
  );
  const end = textOf(endArg) ?? raise("TypeError", `object of type '${typeName(endArg)}' has no len()`);
  const length = toInt(lengthArg);
  const leeway = leewayArg === null ? 5 : toInt(leewayArg);
  if (length < end.length) raise("AssertionError", `expected length >= ${end.length}, got ${length}`);
  if (leeway < 0) raise("AssertionError", `expected leeway >= 0, got ${leeway}`);
  const size = lengthOf(s) ?? raise("TypeError", `object of type '${typeName(s)}' has no len()`);
  if (size <= length + leeway) return s;
  const kept = slice(s, null, length - end.length, null);
  if (truthy(killWords)) return add(kept, end);
  const text = textOf(kept) ?? noMethod(kept, "rsplit");
  const lastSpace = text.lastIndexOf(" ");
  return (lastSpace === -1 ? text : text.slice(0, lastSpace)) + end;
};

const wrapArgs = new Signature("do_wordwrap", "s width? break_long_words? wrapstring? break_on_hyphens?", 1);

const wordwrap: Filter = (_state, value, args, kwargs) => {
  const [s = null, width = 79, breakLong = true, wrapString = null, onHyphens = true] = wrapArgs.bind(
    [value, ...args],
    kwargs,
  );
  const text = textOf(s) ?? noMethod(s, "splitlines");
  const options = { width: toInt(width), breakLong: truthy(breakLong), onHyphens: truthy(onHyphens) };
  const mark = wrapString === null ? "\n" : pyStr(wrapString);
  return splitLines(text, false)
    .map((line) => wrapParagraph(line, options).join(mark))
    .join(mark);
};

const format: Filter = (_state, value, args, kwargs) => {
  const named = Object.keys(kwargs).length > 0;
  if (args.length > 0 && named)
    raise("FilterArgumentError", "can't handle positional and keyword arguments at the same time");
  return percentFormat(pyStr(value), named ? PyDict.from(kwargs) : tuple(args));
};

const countArgs = new Signature("do_wordcount", "s");

const wordcount: Filter = (_state, value, args, kwargs: Kwargs) => {
  countArgs.bind([value, ...args], kwargs);
  return pyStr(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
};

export const textFilters: readonly [string, Filter][] = [
  ["upper", simple("do_upper", (text) => text.toUpperCase())],
  ["lower", simple("do_lower", (text) => text.toLowerCase())],
  ["capitalize", simple("do_capitalize", capitalize)],
  ["title", simple("do_title", titleWords)],
  ["string", simple("soft_str", (text) => text)],
  ["replace", replace],
  ["trim", trim],
  ["center", center],
  ["indent", indent],
  ["truncate", truncate],
  ["wordwrap", wordwrap],
  ["wordcount", wordcount],
  ["format", format],
];
