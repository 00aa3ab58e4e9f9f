import { Signature, toInt } from "../arguments.ts";
import { PyIterator } from "../iterators.ts";
import { reserve, spend } from "../limits.ts";
import { PyType } from "../py-type.ts";
import {
  hasAstral,
  NO_KWARGS,
  PyDict,
  PyObject,
  pyStr,
  quote,
  raise,
  textLength,
  textOf,
  tuple,
  typeName,
  type HostFunction,
  type Kwargs,
  type Value,
} from "../values.ts";
import { isRisky, regexRisk, timed, type RegexRisk } from "./regex-guard.ts";
import { translateRegex, type RegexFlags } from "./regex-translate.ts";

const FLAGS: readonly [string, string, number, keyof RegexFlags | undefined][] = [
  ["I", "IGNORECASE", 2, "ignoreCase"],
  ["L", "LOCALE", 4, undefined],
  ["M", "MULTILINE", 8, "multiline"],
  ["S", "DOTALL", 16, "dotAll"],
  ["U", "UNICODE", 32, undefined],
  ["X", "VERBOSE", 64, "verbose"],
  ["A", "ASCII", 256, "ascii"],
];

function flagsOf(bits: number): RegexFlags {
  const flags: RegexFlags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false, ascii: false };
  for (const [, , bit, name] of FLAGS) if (name !== undefined && (bits & bit) !== 0) flags[name] = true;
  return flags;
}

function textArgument(value: Value | undefined): string {
  return (
    textOf(value ?? null) ??
    raise("TypeError", `expected string or bytes-like object, got '${typeName(value ?? null)}'`)
  );
}

/** An index as Python counts it. */
function pythonIndex(text: string, index: number): number {
  return hasAstral(text) ? textLength(text.slice(0, index)) : index;
}

/** Where to look on after a match: behind it, and one character further if it is empty. */
function behind({ index, 0: { length } }: RegExpExecArray, text: string): number {
  if (length > 0) return index + length;
  const code = text.charCodeAt(index);
  return index + (code >= 0xd800 && code < 0xdc00 ? 2 : 1);
}

/** A compiled pattern. */
export class PyPattern extends PyObject {
  override readonly pyType = "re.Pattern";
  readonly pattern: string;
  readonly flags: number;
  readonly #global: RegExp;
  readonly #sticky: RegExp;
  readonly #full: RegExp;
  readonly #risk: RegexRisk;
  readonly names: readonly string[];
  readonly groupCount: number;

  constructor(pattern: string, bits: number) {
    super();
    this.pattern = pattern;
    const { source, flags } = translateRegex(pattern, flagsOf(bits));
    this.flags = bits | 32 | (flags.ignoreCase ? 2 : 0);
    const letters = flags.ignoreCase ? "dvi" : "dv";
    try {
      this.#risk = regexRisk(source);
      this.#global = new RegExp(source, `${letters}g`);
      this.#sticky = new RegExp(source, `${letters}y`);
      this.#full = new RegExp(`(?:${source})(?![\\s\\S])`, `${letters}y`);
      const empty = new RegExp(`${source}|`, "dv").exec("");
      this.groupCount = (empty?.length ?? 1) - 1;
      this.names = Object.keys(empty?.groups ?? {});
    } catch (error) {
      const reason = (error as Error).message.replace(/^.*: /s, "");
      raise("error", `unsupported or invalid pattern: ${pattern} (${reason})`);
    }
  }

  exec(how: "search" | "match" | "fullmatch", text: string, from: number): PyMatch | null {
    const regex = how === "search" ? this.#global : how === "match" ? this.#sticky : this.#full;
    const run = (): RegExpExecArray | null => {
      regex.lastIndex = from;
      return regex.exec(text);
    };
    const match = isRisky(this.#risk, text.length) ? timed(this.pattern, run) : run();
    return match === null ? null : new PyMatch(this, match, text);
  }

  /** The matches from a place on, at most so many. */
  #some(text: string, from: number, count: number): RegExpExecArray[] {
    const found: RegExpExecArray[] = [];
    for (let at = from; at <= text.length && found.length < count;) {
      this.#global.lastIndex = at;
      const match = this.#global.exec(text);
      if (match === null) break;
      found.push(match);
      at = behind(match, text);
    }
    return found;
  }

  *matches(text: string): Generator<PyMatch> {
    const risky = isRisky(this.#risk, text.length);
    for (let at = 0; at <= text.length;) {
      // Timing costs as much for a thousand matches as for one.
      const found = risky ? timed(this.pattern, () => this.#some(text, at, 1000)) : this.#some(text, at, 1);
      for (const match of found) {
        spend(1);
        yield new PyMatch(this, match, text);
      }
      const last = found.at(-1);
      if (last === undefined) return;
      at = behind(last, text);
    }
  }

  override repr(): string {
    const names = FLAGS.filter(([, , bit]) => bit !== 32 && (this.flags & bit) !== 0).map(([, name]) => `re.${name}`);
    return `re.compile(${quote(this.pattern)}${names.length === 0 ? "" : `, ${names.join("|")}`})`;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "pattern":
        return this.pattern;
      case "flags":
        return this.flags;
      case "groups":
        return this.groupCount;
      case "groupindex":
        return PyDict.fromEntries(this.names.map((group) => [group, this.groupNumber(group)] as const));
      default: {
        const run = OPERATIONS[name];
        return run === undefined ? undefined : (args, kwargs) => run(this, args, kwargs);
      }
    }
  }

  groupNumber(name: string): number {
    // Named groups count together with the others, in the order of their brackets.
    const opens = this.pattern.matchAll(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?)|\(\?P<(\w+)>/gs);
    let number = 0;
    for (const [all, group] of opens) {
      if (!all.startsWith("(")) continue;
      number++;
      if (group === name) return number;
    }
    return -1;
  }
}

/** What a search found. */
export class PyMatch extends PyObject {
  override readonly pyType = "re.Match";
  readonly #pattern: PyPattern;
  readonly #match: RegExpExecArray;
  readonly #text: string;

  constructor(pattern: PyPattern, match: RegExpExecArray, text: string) {
    super();
    this.#pattern = pattern;
    this.#match = match;
    this.#text = text;
  }

  get start(): number {
    return this.#match.index;
  }

  get end(): number {
    return this.#match.index + this.#match[0].length;
  }

  override truthy(): boolean {
    return true;
  }

  override repr(): string {
    const [start, end] = this.#span(0);
    return `<re.Match object; span=(${start}, ${end}), match=${quote(this.#match[0])}>`;
  }

  /** The number of a group given by number or name. */
  #number(group: Value): number {
    const number = typeof group === "string" ? this.#pattern.groupNumber(group) : toInt(group);
    if (number < 0 || number >= this.#match.length) raise("IndexError", "no such group");
    return number;
  }

  group(group: Value): Value {
    return this.#match[this.#number(group)] ?? null;
  }

  groups(fallback: Value): Value[] {
    return this.#match.slice(1).map((text: string | undefined) => text ?? fallback);
  }

  #span(group: Value): [number, number] {
    const span = this.#match.indices?.[this.#number(group)];
    return span === undefined ? [-1, -1] : [pythonIndex(this.#text, span[0]), pythonIndex(this.#text, span[1])];
  }

  override getItem(key: Value): Value {
    return this.group(key);
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "group":
        return (args) => (args.length > 1 ? tuple(args.map((arg) => this.group(arg))) : this.group(args[0] ?? 0));
      case "groups":
        return (args, kwargs) => tuple(this.groups(args[0] ?? kwargs["default"] ?? null));
      case "groupdict":
        return (args, kwargs) =>
          PyDict.fromEntries(
            this.#pattern.names.map(
              (group) => [group, this.group(group) ?? args[0] ?? kwargs["default"] ?? null] as const,
            ),
          );
      case "start":
        return (args) => this.#span(args[0] ?? 0)[0];
      case "end":
        return (args) => this.#span(args[0] ?? 0)[1];
      case "span":
        return (args) => tuple(this.#span(args[0] ?? 0));
      case "expand":
        return (args) => expandTemplate(textArgument(args[0]), this);
      case "string":
        return this.#text;
      case "re":
        return this.#pattern;
      case "pos":
        return 0;
      case "endpos":
        return textLength(this.#text);
      case "lastindex":
        return this.#lastIndex() ?? null;
      case "lastgroup":
        return this.#pattern.names.find((group) => this.#pattern.groupNumber(group) === this.#lastIndex()) ?? null;
      default:
        return undefined;
    }
  }

  #lastIndex(): number | undefined {
    let last: number | undefined;
    let end = -1;
    this.#match.indices?.forEach((span: [number, number] | undefined, i) => {
      if (i > 0 && span !== undefined && span[1] >= end) [last, end] = [end === span[1] ? last : i, span[1]];
    });
    return last;
  }
}

const TEMPLATE_ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  f: "\f",
  v: "\v",
  a: "\x07",
  b: "\b",
  "\\": "\\",
};

/** Fills \1 and \g<name> of a replacement. */
function expandTemplate(template: string, match: PyMatch): string {
  return template.replace(
    /\\(?:g<(\w+)>|(0[0-7]{0,2}|[0-3][0-7]{2})|(\d{1,2})|([^]))/g,
    (all: string, named?: string, octal?: string, digits?: string, char?: string) => {
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
      const group = named ?? digits;
      if (group !== undefined) {
        const value = templateGroup(match, group);
        return value === null ? "" : pyStr(value);
      }
      const plain = TEMPLATE_ESCAPES[char ?? ""];
      if (plain === undefined && /[A-Za-z]/.test(char ?? "")) raise("error", `bad escape ${all} at position 0`);
      return plain ?? all;
    },
  );
}

function templateGroup(match: PyMatch, group: string): Value {
  return match.group(/^\d+$/.test(group) ? Number(group) : group);
}

function call(callee: Value, match: PyMatch): string {
  const result =
    typeof callee === "function"
      ? callee([match], NO_KWARGS)
      : callee instanceof PyObject
        ? callee.call([match], NO_KWARGS)
        : null;
  return textOf(result) ?? raise("TypeError", `expected str instance, ${typeName(result)} found`);
}

const subArgs = new Signature("sub", "repl string count?");

function substitute(pattern: PyPattern, args: Value[], kwargs: Kwargs): { text: string; count: number } {
  const [replacement = null, string, limit = 0] = subArgs.bind(args, kwargs);
  const text = textArgument(string);
  const template = textOf(replacement);
  let result = "";
  let last = 0;
  let count = 0;
  for (const match of pattern.matches(text)) {
    if (toInt(limit) > 0 && count >= toInt(limit)) break;
    result +=
      text.slice(last, match.start) +
      (template === undefined ? call(replacement, match) : expandTemplate(template, match));
    reserve(result.length);
    last = match.end;
    count++;
  }
  return { text: result + text.slice(last), count };
}

function split(pattern: PyPattern, args: Value[], kwargs: Kwargs): Value {
  const [string, limit = 0] = new Signature("split", "string maxsplit?").bind(args, kwargs);
  const text = textArgument(string);
  const parts: Value[] = [];
  let last = 0;
  let count = 0;
  for (const match of pattern.matches(text)) {
    if (toInt(limit) > 0 && count >= toInt(limit)) break;
    parts.push(text.slice(last, match.start), ...match.groups(null));
    last = match.end;
    count++;
  }
  parts.push(text.slice(last));
  return parts;
}

function found(pattern: PyPattern, match: PyMatch): Value {
  if (pattern.groupCount === 0) return match.group(0);
  const groups = match.groups("");
  return groups.length === 1 ? (groups[0] ?? "") : tuple(groups);
}

type Operation = (pattern: PyPattern, args: Value[], kwargs: Kwargs) => Value;

function matcher(how: "search" | "match" | "fullmatch"): Operation {
  return (pattern, args, kwargs) =>
    pattern.exec(how, textArgument(args[0] ?? kwargs["string"]), toInt(args[1] ?? kwargs["pos"] ?? 0));
}

const OPERATIONS: Readonly<Record<string, Operation>> = Object.assign(
  Object.create(null) as Record<string, Operation>,
  {
    search: matcher("search"),
    match: matcher("match"),
    fullmatch: matcher("fullmatch"),
    findall: ((pattern, args, kwargs) =>
      Array.from(pattern.matches(textArgument(args[0] ?? kwargs["string"])), (match) =>
        found(pattern, match),
      )) satisfies Operation,
    finditer: ((pattern, args, kwargs) =>
      new PyIterator(
        pattern.matches(textArgument(args[0] ?? kwargs["string"])),
        "callable_iterator",
      )) satisfies Operation,
    sub: ((pattern, args, kwargs) => substitute(pattern, args, kwargs).text) satisfies Operation,
    subn: ((pattern, args, kwargs) => {
      const { text, count } = substitute(pattern, args, kwargs);
      return tuple([text, count]);
    }) satisfies Operation,
    split,
  },
);

const cache = new Map<string, PyPattern>();

function compile(pattern: Value, flags: Value): PyPattern {
  if (pattern instanceof PyPattern) return pattern;
  const text = textOf(pattern) ?? raise("TypeError", "first argument must be string or compiled pattern");
  const key = `${toInt(flags)}:${text}`;
  let compiled = cache.get(key);
  if (compiled === undefined) {
    compiled = new PyPattern(text, toInt(flags));
    if (cache.size > 500) cache.clear();
    cache.set(key, compiled);
  }
  return compiled;
}

/** re.search(pattern, …, flags): the pattern comes first, flags behind the operation's own arguments. */
function moduleFunction(name: string, flagsAt: number): HostFunction {
  return (args, kwargs) => {
    const {
      flags = args[flagsAt] ?? 0,
      pattern = args[0] ?? raise("TypeError", `${name}() missing 1 required positional argument: 'pattern'`),
      ...rest
    } = kwargs;
    const own = "pattern" in kwargs ? args : args.slice(1, flagsAt);
    const run = OPERATIONS[name];
    return run === undefined
      ? null
      : run(compile(pattern, flags), own, Object.assign(Object.create(null) as Kwargs, rest));
  };
}

function escape(text: string): string {
  return text.replace(/[\\^$.|?*+(){}[\]\-&~# \t\n\r\v\f]/g, "\\$&");
}

/** modules.re */
export function regexModule(): PyDict {
  const dict = new PyDict();
  for (const name of ["match", "fullmatch", "search", "findall", "finditer"]) dict.set(name, moduleFunction(name, 2));
  dict.set("sub", moduleFunction("sub", 4));
  dict.set("subn", moduleFunction("subn", 4));
  dict.set("split", moduleFunction("split", 3));
  dict.set("compile", (args, kwargs) => compile(args[0] ?? kwargs["pattern"] ?? null, args[1] ?? kwargs["flags"] ?? 0));
  dict.set("escape", (args, kwargs) => escape(textArgument(args[0] ?? kwargs["pattern"])));
  dict.set("purge", () => null);
  dict.set("error", new PyType("re.error", (args) => raise("error", pyStr(args[0] ?? ""))));
  for (const [short, long, bit] of FLAGS) {
    dict.set(short, bit);
    dict.set(long, bit);
  }
  dict.set("NOFLAG", 0);
  return dict;
}
