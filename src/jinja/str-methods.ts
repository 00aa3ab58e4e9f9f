import { expectArgs, toInt, toText } from "./arguments.ts";
import type { Method } from "./method.ts";
import { reserve } from "./limits.ts";
import * as cases from "./str-case.ts";
import { splitLines, splitOn, splitOnBlank, strip } from "./str-split.ts";
import { formatMethod } from "./str-format.ts";
import { PyBytes } from "./bytes.ts";
import {
  hasAstral,
  iterate,
  PyDict,
  PyTuple,
  pyStr,
  raise,
  textLength,
  textOf,
  truthy,
  tuple,
  typeName,
  numberOf,
  type Kwargs,
  type Value,
} from "./values.ts";

type StrMethod = (self: string, args: Value[], kwargs: Kwargs) => Value;

function text(value: Value | undefined, name: string): string {
  return toText(value ?? null, `${name}() argument must be str, not ${typeName(value ?? null)}`);
}

/** Part of a text between two indexes counted in code points. */
function part(self: string, from: Value | undefined, to: Value | undefined): { text: string; offset: number } {
  if (from === undefined && to === undefined) return { text: self, offset: 0 };
  const chars = Array.from(self);
  const clamp = (value: Value | undefined, fallback: number): number => {
    if (value === undefined || value === null) return fallback;
    const index = toInt(value);
    return Math.min(chars.length, index < 0 ? Math.max(0, index + chars.length) : index);
  };
  const start = clamp(from, 0);
  const end = clamp(to, chars.length);
  // An empty range behind the end finds nothing, not even the empty text.
  if (start > end || (typeof from === "number" && from > chars.length)) return { text: "", offset: -1 };
  return { text: chars.slice(start, end).join(""), offset: start };
}

function find(name: string, last: boolean) {
  return (self: string, args: Value[]): number => {
    const needle = text(args[0], name);
    const range = part(self, args[1], args[2]);
    if (range.offset === -1) return -1;
    const index = last ? range.text.lastIndexOf(needle) : range.text.indexOf(needle);
    return index === -1 ? -1 : range.offset + (hasAstral(range.text) ? textLength(range.text.slice(0, index)) : index);
  };
}

function index(name: string, last: boolean): StrMethod {
  const search = find(name, last);
  return (self, args) => {
    const at = search(self, args);
    return at === -1 ? raise("ValueError", "substring not found") : at;
  };
}

function edge(name: "startswith" | "endswith"): StrMethod {
  return (self, args) => {
    const [affix = null] = args;
    const range = part(self, args[1], args[2]);
    const test = (value: Value): boolean => {
      const wanted = textOf(value);
      if (wanted === undefined) {
        const inTuple = affix instanceof PyTuple;
        raise(
          "TypeError",
          inTuple
            ? `tuple for ${name} must only contain str, not ${typeName(value)}`
            : `${name} first arg must be str or a tuple of str, not ${typeName(value)}`,
        );
      }
      return (
        range.offset !== -1 && (name === "startswith" ? range.text.startsWith(wanted) : range.text.endsWith(wanted))
      );
    };
    return affix instanceof PyTuple ? affix.some(test) : test(affix);
  };
}

function count(self: string, args: Value[]): number {
  const needle = text(args[0], "count");
  const range = part(self, args[1], args[2]);
  if (range.offset === -1) return 0;
  return needle === "" ? textLength(range.text) + 1 : range.text.split(needle).length - 1;
}

/** str.replace(), also behind the filter. */
export function replaceText(self: string, old: string, fresh: string, limit: number): string {
  if (limit === 0) return self;
  const pieces = old === "" ? ["", ...Array.from(self), ""] : self.split(old);
  const times = limit < 0 ? pieces.length - 1 : Math.min(limit, pieces.length - 1);
  reserve(self.length + times * fresh.length);
  if (times === pieces.length - 1) return pieces.join(fresh);
  return pieces.slice(0, times + 1).join(fresh) + old + pieces.slice(times + 1).join(old);
}

function replace(self: string, args: Value[], kwargs: Kwargs): Value {
  const limit = args[2] ?? kwargs["count"] ?? -1;
  return replaceText(self, text(args[0], "replace"), text(args[1], "replace"), toInt(limit));
}

/** str.join(), which accepts text only. */
function join(self: string, [items = null]: Value[]): string {
  const parts = Array.from(
    iterate(items),
    (item, i) =>
      textOf(item) ?? raise("TypeError", `sequence item ${i}: expected str instance, ${typeName(item)} found`),
  );
  reserve(parts.reduce((sum, piece) => sum + piece.length + self.length, 0));
  return parts.join(self);
}

function pad(place: "left" | "right" | "both") {
  return (self: string, args: Value[]): string => {
    const width = toInt(args[0] ?? null);
    const fill = args[1] === undefined ? " " : textOf(args[1]);
    if (fill === undefined || textLength(fill) !== 1)
      raise("TypeError", "The fill character must be exactly one character long");
    const length = textLength(self);
    if (width <= length) return self;
    reserve(width);
    const missing = width - length;
    if (place !== "both") return place === "left" ? fill.repeat(missing) + self : self + fill.repeat(missing);
    const left = Math.floor(missing / 2) + (missing & width & 1);
    return fill.repeat(left) + self + fill.repeat(missing - left);
  };
}

function zfill(self: string, [width = 0]: Value[]): string {
  const missing = toInt(width) - textLength(self);
  if (missing <= 0) return self;
  reserve(missing);
  const sign = self.startsWith("-") || self.startsWith("+") ? self.charAt(0) : "";
  return sign + "0".repeat(missing) + self.slice(sign.length);
}

function partition(self: string, args: Value[], last: boolean): Value {
  const separator = text(args[0], "partition");
  if (separator === "") raise("ValueError", "empty separator");
  const at = last ? self.lastIndexOf(separator) : self.indexOf(separator);
  if (at === -1) return tuple(last ? ["", "", self] : [self, "", ""]);
  return tuple([self.slice(0, at), separator, self.slice(at + separator.length)]);
}

function split(self: string, args: Value[], kwargs: Kwargs, last: boolean): Value {
  const separator = args[0] ?? kwargs["sep"] ?? null;
  const limit = toInt(args[1] ?? kwargs["maxsplit"] ?? -1);
  if (separator === null) return splitOnBlank(self, limit, last);
  const mark = textOf(separator) ?? raise("TypeError", `must be str or None, not ${typeName(separator)}`);
  if (mark === "") raise("ValueError", "empty separator");
  return splitOn(self, mark, limit, last);
}

function stripMethod(left: boolean, right: boolean): StrMethod {
  return (self, [chars = null]) => {
    if (chars !== null && textOf(chars) === undefined) raise("TypeError", "strip arg must be None or str");
    return strip(self, chars === null ? undefined : textOf(chars), left, right);
  };
}

function expandTabs(self: string, args: Value[], kwargs: Kwargs): string {
  const size = toInt(args[0] ?? kwargs["tabsize"] ?? 8);
  reserve(self.split("\t").length * Math.max(size, 0));
  let column = 0;
  return self.replace(/[\t\n\r]|[^\t\n\r]+/g, (piece) => {
    if (piece === "\t") {
      const width = size > 0 ? size - (column % size) : 0;
      column += width;
      return " ".repeat(width);
    }
    column = piece === "\n" || piece === "\r" ? 0 : column + textLength(piece);
    return piece;
  });
}

function translate(self: string, [table = null]: Value[]): string {
  if (!(table instanceof PyDict)) return self;
  return Array.from(self, (char) => {
    const to = table.get(char.codePointAt(0) ?? 0);
    if (to === undefined) return char;
    const code = numberOf(to);
    return to === null ? "" : code === undefined ? pyStr(to) : String.fromCodePoint(Number(code));
  }).join("");
}

/** str.maketrans() */
export function makeTranslation([from = null, to, remove]: Value[]): PyDict {
  const table = new PyDict();
  if (from instanceof PyDict) {
    for (const [key, value] of from.entries())
      table.set(typeof key === "string" ? (key.codePointAt(0) ?? 0) : key, value);
    return table;
  }
  const targets = Array.from(text(to, "maketrans"));
  const sources = Array.from(text(from, "maketrans"));
  if (sources.length !== targets.length)
    raise("ValueError", "the first two maketrans arguments must have equal length");
  sources.forEach((char, i) => table.set(char.codePointAt(0) ?? 0, targets[i]?.codePointAt(0) ?? null));
  if (remove !== undefined) for (const char of text(remove, "maketrans")) table.set(char.codePointAt(0) ?? 0, null);
  return table;
}

function removeAffix(self: string, args: Value[], prefix: boolean): string {
  const affix = text(args[0], prefix ? "removeprefix" : "removesuffix");
  if (prefix) return self.startsWith(affix) ? self.slice(affix.length) : self;
  return affix !== "" && self.endsWith(affix) ? self.slice(0, -affix.length) : self;
}

const METHODS: Readonly<Record<string, readonly [number, number, StrMethod]>> = {
  upper: [0, 0, (self) => self.toUpperCase()],
  lower: [0, 0, cases.lower],
  casefold: [0, 0, (self) => self.toLowerCase().replaceAll("ß", "ss")],
  swapcase: [0, 0, cases.swapCase],
  capitalize: [0, 0, cases.capitalize],
  title: [0, 0, cases.title],
  isalnum: [0, 0, (self) => /^[\p{L}\p{N}]+$/u.test(self)],
  isalpha: [0, 0, (self) => /^\p{L}+$/u.test(self)],
  isascii: [0, 0, (self) => /^[\0-\x7f]*$/.test(self)],
  isdecimal: [0, 0, (self) => /^\p{Nd}+$/u.test(self)],
  isdigit: [0, 0, (self) => /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]+$/u.test(self)],
  isnumeric: [0, 0, (self) => /^\p{N}+$/u.test(self)],
  isidentifier: [0, 0, (self) => /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(self)],
  islower: [0, 0, cases.isLower],
  isupper: [0, 0, cases.isUpper],
  istitle: [0, 0, cases.isTitle],
  isspace: [0, 0, (self) => self !== "" && strip(self, undefined, true, true) === ""],
  isprintable: [0, 0, (self) => !/[\p{C}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u.test(self)],
  strip: [0, 1, stripMethod(true, true)],
  lstrip: [0, 1, stripMethod(true, false)],
  rstrip: [0, 1, stripMethod(false, true)],
  find: [1, 3, find("find", false)],
  rfind: [1, 3, find("rfind", true)],
  index: [1, 3, index("index", false)],
  rindex: [1, 3, index("rindex", true)],
  count: [1, 3, count],
  startswith: [1, 3, edge("startswith")],
  endswith: [1, 3, edge("endswith")],
  join: [1, 1, join],
  center: [1, 2, pad("both")],
  ljust: [1, 2, pad("right")],
  rjust: [1, 2, pad("left")],
  zfill: [1, 1, zfill],
  partition: [1, 1, (self, args) => partition(self, args, false)],
  rpartition: [1, 1, (self, args) => partition(self, args, true)],
  removeprefix: [1, 1, (self, args) => removeAffix(self, args, true)],
  removesuffix: [1, 1, (self, args) => removeAffix(self, args, false)],
  translate: [1, 1, translate],
  maketrans: [1, 3, (_self, args) => makeTranslation(args)],
};

/** Methods that take keyword arguments: how many positional ones, and which names. */
const KEYWORD_METHODS: Readonly<Record<string, readonly [number, number, readonly string[], StrMethod]>> = {
  split: [0, 2, ["sep", "maxsplit"], (self, args, kwargs) => split(self, args, kwargs, false)],
  rsplit: [0, 2, ["sep", "maxsplit"], (self, args, kwargs) => split(self, args, kwargs, true)],
  splitlines: [
    0,
    1,
    ["keepends"],
    (self, args, kwargs) => splitLines(self, truthy(args[0] ?? kwargs["keepends"] ?? false)),
  ],
  expandtabs: [0, 1, ["tabsize"], expandTabs],
  replace: [2, 3, [], replace],
  encode: [0, 2, ["encoding", "errors"], (self) => new PyBytes(Buffer.from(self, "utf8"))],
};

function checkKeywords(name: string, kwargs: Kwargs, allowed: readonly string[]): void {
  for (const key in kwargs) {
    if (allowed.length === 0) raise("TypeError", `str.${name}() takes no keyword arguments`);
    if (!allowed.includes(key)) raise("TypeError", `'${key}' is an invalid keyword argument for ${name}()`);
  }
}

function checkCount(name: string, args: Value[], min: number, max: number): void {
  if (args.length < min) raise("TypeError", `${name} expected at least ${min} arguments, got ${args.length}`);
  if (args.length > max)
    raise("TypeError", `${name}() takes at most ${max} argument${max === 1 ? "" : "s"} (${args.length} given)`);
}

export const strMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ...Object.entries(METHODS).map(([name, [min, max, run]]): [string, Method] => [
    name,
    (self, args, kwargs) => {
      expectArgs("str", name, args, kwargs, min, max);
      return run(self as string, args, kwargs);
    },
  ]),
  ...Object.entries(KEYWORD_METHODS).map(([name, [min, max, allowed, run]]): [string, Method] => [
    name,
    (self, args, kwargs) => {
      checkKeywords(name, kwargs, allowed);
      checkCount(name, args, min, max);
      return run(self as string, args, kwargs);
    },
  ]),
  ["format", (self, args, kwargs) => formatMethod(self as string, args, kwargs)],
  ["format_map", (self, args, kwargs) => formatMap(self as string, args, kwargs)],
]);

function formatMap(self: string, args: Value[], kwargs: Kwargs): Value {
  if (Object.keys(kwargs).length > 0) raise("TypeError", "format_map() takes no keyword arguments");
  if (args.length !== 1) raise("TypeError", `format_map() takes exactly one argument (${args.length} given)`);
  const named = Object.create(null) as Kwargs;
  const [mapping] = args;
  if (mapping instanceof PyDict) for (const [key, value] of mapping.entries()) named[pyStr(key)] = value;
  return formatMethod(self, [], named);
}
