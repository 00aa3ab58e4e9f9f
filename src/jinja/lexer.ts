/* eslint-disable no-control-regex -- Python counts some control characters as whitespace or line ends */
import { TemplateSyntaxError } from "./errors.ts";
import { unescapeString } from "./string-escapes.ts";
import type { Value } from "./objects.ts";
import { PyFloat } from "./objects.ts";

/** Operators are their own type ("==", "("); the rest have names. */
export interface Token {
  readonly type: string;
  /** Text of data and names, value of literals. */
  readonly value: Value;
  readonly at: number;
  /** Offset behind the token. */
  readonly end: number;
}

const BLANK = /[\s\x1c-\x1f\x85]*/y;
const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y;
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const STRING = /'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
const OPENING = /\{[{%#]/g;
const RAW_BEGIN = /\{%[-+]?[\s\x1c-\x1f\x85]*raw[\s\x1c-\x1f\x85]*(-?)%\}/y;
const RAW_END = /\{%([-+]?)[\s\x1c-\x1f\x85]*endraw[\s\x1c-\x1f\x85]*(?:\+%\}|(-)%\}|%\})/g;
const COMMENT_END = /[+-]?#\}/g;
const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Line ends become \n, and one at the very end is dropped, as Jinja does by default. */
export function normalizeSource(source: string): string {
  const text = source.includes("\r") ? source.replace(/\r\n?/g, "\n") : source;
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

export function skipBlank(text: string, from: number): number {
  BLANK.lastIndex = from;
  BLANK.exec(text);
  return BLANK.lastIndex;
}

/** Where trailing whitespace of text[from, to) starts. */
function trimEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

function isBlank(code: number): boolean {
  if (code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31)) return true;
  return code >= 0x85 && (code === 0x85 || /\s/.test(String.fromCharCode(code)));
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Cuts a template into tokens. An error becomes the last token, so that errors come in reading order. */
export class Lexer {
  readonly tokens: Token[] = [];
  readonly #text: string;
  #pos: number;
  /** Whether the tag before asked to drop whitespace after it. */
  #open: string[] = [];

  constructor(text: string, from = 0) {
    this.#text = text;
    this.#pos = from;
  }

  /** All tokens of the text. */
  run(): Token[] {
    try {
      while (this.#pos < this.#text.length) this.#root();
      this.#push("eof", "eof", this.#text.length);
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      this.tokens.push({ type: "error", value: error.message, at: error.offset, end: error.offset });
    }
    return this.tokens;
  }

  /** The tokens of the first tag only: enough to read a macro's signature. */
  firstTag(): Token[] {
    try {
      while (this.#pos < this.#text.length && this.tokens.at(-1)?.type !== "block_end") this.#root();
      this.#push("eof", "eof", this.#pos);
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      this.tokens.push({ type: "error", value: error.message, at: error.offset, end: error.offset });
    }
    return this.tokens;
  }

  #push(type: string, value: Value, at: number, end = at): void {
    this.tokens.push({ type, value, at, end });
  }

  #data(from: number, to: number, strip: boolean): void {
    const end = strip ? trimEnd(this.#text, from, to) : to;
    if (end > from) this.#push("data", this.#text.slice(from, end), from, end);
  }

  #root(): void {
    const text = this.#text;
    OPENING.lastIndex = this.#pos;
    const start = OPENING.exec(text)?.index ?? text.length;
    const sign = text.charCodeAt(start + 2);
    this.#data(this.#pos, start, sign === 45 && start < text.length);
    if (start === text.length) {
      this.#pos = start;
      return;
    }
    const body = start + (sign === 45 || sign === 43 ? 3 : 2);
    const kind = text[start + 1];
    if (kind === "#") this.#comment(start, body);
    else if (kind === "{") this.#tag("variable", start, body);
    else if (!this.#raw(start)) this.#tag("block", start, body);
  }

  #comment(start: number, body: number): void {
    COMMENT_END.lastIndex = body;
    const end = COMMENT_END.exec(this.#text);
    if (end === null) throw new TemplateSyntaxError("Missing end of comment tag", start);
    const after = end.index + end[0].length;
    this.#pos = end[0].startsWith("-") ? skipBlank(this.#text, after) : after;
  }

  #raw(start: number): boolean {
    RAW_BEGIN.lastIndex = start;
    const begin = RAW_BEGIN.exec(this.#text);
    if (begin === null) return false;
    const body = begin[1] === "-" ? skipBlank(this.#text, RAW_BEGIN.lastIndex) : RAW_BEGIN.lastIndex;
    RAW_END.lastIndex = body;
    const end = RAW_END.exec(this.#text);
    if (end === null) {
      // Jinja's pattern for an unclosed raw at the very end of the text matches nothing and is forgiven.
      if (body >= this.#text.length) {
        this.#pos = this.#text.length;
        return true;
      }
      throw new TemplateSyntaxError("Missing end of raw directive", start);
    }
    this.#data(body, end.index, end[1] === "-");
    this.#pos = end[2] === "-" ? skipBlank(this.#text, RAW_END.lastIndex) : RAW_END.lastIndex;
    return true;
  }

  #tag(kind: "variable" | "block", start: number, body: number): void {
    this.#push(`${kind}_begin`, null, start, body);
    this.#pos = body;
    this.#open = [];
    while (this.#pos < this.#text.length) {
      if (this.#open.length === 0 && this.#close(kind)) return;
      this.#token();
    }
  }

  #close(kind: "variable" | "block"): boolean {
    const text = this.#text;
    const last = kind === "variable" ? "}}" : "%}";
    const at = this.#pos;
    const first = text[at];
    if (first === last[0]) {
      if (!text.startsWith(last, at)) return false;
      this.#pos = at + 2;
    } else if ((first === "-" || (first === "+" && kind === "block")) && text.startsWith(last, at + 1)) {
      this.#pos = first === "-" ? skipBlank(text, at + 3) : at + 3;
    } else return false;
    this.#push(`${kind}_end`, null, at, this.#pos);
    return true;
  }

  #token(): void {
    const text = this.#text;
    const at = this.#pos;
    const code = text.charCodeAt(at);
    if (isBlank(code)) this.#pos = skipBlank(text, at);
    else if (code >= 48 && code <= 57) this.#number(at);
    else if (code === 39 || code === 34) this.#string(at);
    else if ((code | 32) >= 97 && (code | 32) <= 122) this.#name(at);
    else if (code === 95 || code > 127) this.#name(at);
    else this.#operator(at);
  }

  #name(at: number): void {
    const name = matchAt(NAME, this.#text, at);
    if (name === undefined) this.#unexpected(at);
    this.#pos = at + name.length;
    this.#push("name", name, at, this.#pos);
  }

  #number(at: number): void {
    const float = matchAt(FLOAT, this.#text, at);
    const raw = float ?? matchAt(INTEGER, this.#text, at) ?? this.#unexpected(at);
    this.#pos = at + raw.length;
    const digits = raw.replaceAll("_", "");
    if (float !== undefined) this.#push("float", new PyFloat(Number(digits)), at, this.#pos);
    else {
      const value = Number(digits);
      this.#push("integer", Number.isSafeInteger(value) ? value : BigInt(digits), at, this.#pos);
    }
  }

  #string(at: number): void {
    const raw = matchAt(STRING, this.#text, at) ?? this.#unexpected(at);
    this.#pos = at + raw.length;
    this.#push("string", unescapeString(raw.slice(1, -1), at), at, this.#pos);
  }

  #operator(at: number): void {
    const operator = matchAt(OPERATOR, this.#text, at) ?? this.#unexpected(at);
    const closer = CLOSERS[operator];
    if (closer !== undefined) this.#open.push(closer);
    else if (operator === ")" || operator === "]" || operator === "}") {
      const expected = this.#open.pop();
      if (expected === undefined) throw new TemplateSyntaxError(`unexpected '${operator}'`, at);
      if (expected !== operator) throw new TemplateSyntaxError(`unexpected '${operator}', expected '${expected}'`, at);
    }
    this.#pos = at + operator.length;
    this.#push(operator, null, at, this.#pos);
  }

  #unexpected(at: number): never {
    const char = String.fromCodePoint(this.#text.codePointAt(at) ?? 0);
    throw new TemplateSyntaxError(
      `unexpected char ${char === "'" ? `"'"` : `'${char === "\\" ? "\\\\" : char}'`} at ${at}`,
      at,
    );
  }
}
