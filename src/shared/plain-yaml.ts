/** A place in a text, counted from 1. */
export interface YamlPlace {
  readonly line: number;
  readonly column: number;
}

/** A YAML text of plain shape, and where each of its mappings and lists starts. */
export interface PlainYaml {
  readonly data: unknown;
  readonly places: ReadonlyMap<object, YamlPlace>;
}

/** `key: value`, `- key: value`, `- value`; what else a line may be is left to the full parser. */
const LINE = /^( *)(- +)?(?:([A-Za-z_+][\w+.-]*):(?: +|$))?(.*)$/;
// Tabs, carriage returns and other breaks have rules of their own.
const UNUSUAL = /[^\n\P{Cc}]|[\u2028\u2029\ufeff]/u;
const PLAIN = /^[A-Za-z_/(]/;
const WHOLE = /^(?:0|[1-9][0-9]{0,14})$/;
const DECIMAL = /^(?:0|[1-9][0-9]{0,7})\.[0-9]{1,6}$/;
const FLOW_LIST = /^\[[\w ,-]*\]$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
/** Words that readers disagree about, or that stand for nothing. */
const SPECIAL = /^(?:null|Null|NULL|y|Y|n|N)$/;

interface Line {
  readonly number: number;
  /** Column of the line's first character, 0-based. */
  readonly indent: number;
  /** Column behind the `- `, or `indent` where there is none. */
  readonly inner: number;
  readonly isItem: boolean;
  readonly key: string | undefined;
  readonly rest: string;
}

/** Thrown where the text leaves the plain subset. */
class NotPlain extends Error {}

/**
 * Reads the YAML that nearly all property files are written in (block mappings and lists, one-line scalars) in a tenth of
 * the time that a full YAML parser needs; null for every other text. What it reads, it reads as the full parser does: a
 * test compares the two on many thousand texts.
 */
export function readPlainYaml(text: string): PlainYaml | null {
  if (UNUSUAL.test(text)) return null;
  try {
    return new PlainReader(text).read();
  } catch (error) {
    if (error instanceof NotPlain) return null;
    throw error;
  }
}

class PlainReader {
  readonly #lines: readonly string[];
  readonly #places = new Map<object, YamlPlace>();
  #next = 0;
  #current: Line | null = null;

  constructor(text: string) {
    this.#lines = text.split("\n");
    this.#advance();
  }

  read(): PlainYaml {
    const first = this.#current;
    if (first === null || first.indent !== 0) throw new NotPlain();
    const data = this.#block(first);
    // A line that no open block takes is wrongly indented.
    if (this.#line() !== null) throw new NotPlain();
    return { data, places: this.#places };
  }

  #line(): Line | null {
    return this.#current;
  }

  /** Steps to the next line that is neither empty nor a comment. */
  #advance(): void {
    for (; this.#next < this.#lines.length; this.#next++) {
      const text = this.#lines[this.#next] ?? "";
      const match = LINE.exec(text);
      if (match === null) throw new NotPlain();
      const [, spaces = "", dash, key, rest = ""] = match;
      if (dash === undefined && key === undefined && (rest === "" || rest.startsWith("#"))) continue;
      const indent = spaces.length;
      const inner = indent + (dash?.length ?? 0);
      this.#current = { number: ++this.#next, indent, inner, isItem: dash !== undefined, key, rest };
      return;
    }
    this.#current = null;
  }

  #block(first: Line): unknown {
    if (first.isItem) return this.#list(first);
    if (first.key === undefined) throw new NotPlain();
    return this.#mapping(first, first.indent);
  }

  #list(first: Line): unknown[] {
    const list: unknown[] = [];
    this.#places.set(list, { line: first.number, column: first.indent + 1 });
    for (let line: Line | null = first; line?.isItem === true && line.indent === first.indent; line = this.#line()) {
      if (line.key !== undefined) list.push(this.#mapping(line, line.inner));
      else {
        const value = this.#scalar(line.rest, line, line.inner);
        this.#advance();
        if ((this.#line()?.indent ?? 0) > line.indent) throw new NotPlain();
        list.push(value);
      }
    }
    return list;
  }

  /** The mapping that starts with the key of `first`, at `column`; in a list that key stands behind a `- `. */
  #mapping(first: Line, column: number): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    this.#places.set(mapping, { line: first.number, column: column + 1 });
    for (let line: Line | null = first; line !== null; line = this.#line()) {
      const isMember = line === first || (line.indent === column && !line.isItem);
      if (!isMember) break;
      const { key } = line;
      if (key === undefined || key === "__proto__" || Object.hasOwn(mapping, key) || isSpecial(key))
        throw new NotPlain();
      mapping[key] = this.#value(line, column);
    }
    return mapping;
  }

  #value(line: Line, column: number): unknown {
    const { rest } = line;
    if (rest !== "" && !rest.startsWith("#")) {
      const value = this.#scalar(rest, line, line.inner + (line.key?.length ?? 0));
      this.#advance();
      // A deeper line would go on with the scalar.
      if ((this.#line()?.indent ?? 0) > column) throw new NotPlain();
      return value;
    }
    this.#advance();
    const below = this.#line();
    if (below !== null && (below.indent > column || (below.indent === column && below.isItem)))
      return this.#block(below);
    return null;
  }

  #scalar(text: string, line: Line, from: number): unknown {
    const quote = text[0];
    if (quote === '"' || quote === "'") return quoted(text, quote);
    const comment = text.indexOf(" #");
    const plain = (comment < 0 ? text : text.slice(0, comment)).trimEnd();
    if (plain === "[]" || FLOW_LIST.test(plain)) return this.#flowList(plain, line, from);
    return plainScalar(plain);
  }

  /** `[a, b]` of words and numbers. */
  #flowList(text: string, line: Line, from: number): unknown[] {
    const inside = text.slice(1, -1).trim();
    const list = inside === "" ? [] : inside.split(",").map((item) => plainScalar(item.trim()));
    const column = (this.#lines[line.number - 1] ?? "").indexOf("[", from) + 1;
    this.#places.set(list, { line: line.number, column });
    return list;
  }
}

function quoted(text: string, quote: string): string {
  const end = text.indexOf(quote, 1);
  if (end < 0 || text[end + 1] === quote) throw new NotPlain();
  const value = text.slice(1, end);
  if (quote === '"' && value.includes("\\")) throw new NotPlain();
  const after = text.slice(end + 1);
  if (after.trim() !== "" && !/^ +#/.test(after)) throw new NotPlain();
  return value;
}

function plainScalar(text: string): unknown {
  if (PLAIN.test(text)) {
    if (SPECIAL.test(text) || text.includes(": ") || text.endsWith(":")) throw new NotPlain();
    return TRUE.test(text) ? true : FALSE.test(text) ? false : text;
  }
  if (WHOLE.test(text)) return Number(text);
  if (!DECIMAL.test(text)) throw new NotPlain();
  const number = Number(text);
  // Floats that JavaScript would print as integers are Number objects: see yaml-file.ts.
  return Number.isInteger(number) ? Object(number) : number;
}

function isSpecial(key: string): boolean {
  return SPECIAL.test(key) || TRUE.test(key) || FALSE.test(key);
}
