import { PyDict, PyFloat, raise, type Value } from "../values.ts";

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][+-]?\d+)?/y;
const WORDS: readonly [string, Value][] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", new PyFloat(Number.NaN)],
  ["Infinity", new PyFloat(Number.POSITIVE_INFINITY)],
  ["-Infinity", new PyFloat(Number.NEGATIVE_INFINITY)],
];
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Reads JSON as Python does: 1 and 1.0 differ, integers have no limit, NaN is allowed. */
class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Value {
    this.#blank();
    const value = this.#value();
    this.#blank();
    if (this.#at < this.#text.length) this.#fail("Extra data");
    return value;
  }

  #fail(message: string, at = this.#at): never {
    const before = this.#text.slice(0, at);
    const line = before.split("\n").length;
    const column = at - before.lastIndexOf("\n");
    return raise("JSONDecodeError", `${message}: line ${line} column ${column} (char ${at})`);
  }

  #blank(): void {
    BLANK.lastIndex = this.#at;
    BLANK.exec(this.#text);
    this.#at = BLANK.lastIndex;
  }

  #value(): Value {
    const char = this.#text[this.#at];
    if (char === '"') return this.#string();
    if (char === "{") return this.#object();
    if (char === "[") return this.#array();
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return this.#number();
  }

  #number(): Value {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#fail("Expecting value");
    this.#at = NUMBER.lastIndex;
    if (match[2] !== undefined || match[3] !== undefined) return new PyFloat(Number(match[0]));
    const value = Number(match[0]);
    return Number.isSafeInteger(value) ? (value === 0 ? 0 : value) : BigInt(match[0]);
  }

  #string(): string {
    const start = this.#at++;
    let result = "";
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) return this.#fail("Unterminated string starting at", start);
      this.#at++;
      if (char === '"') return result;
      if (char === "\\") result += this.#escape();
      else if (char < " ") this.#fail("Invalid control character at", this.#at - 1);
      else result += char;
    }
  }

  #escape(): string {
    const char = this.#text[this.#at];
    if (char === "u") {
      const hex = this.#text.slice(this.#at + 1, this.#at + 5);
      if (!/^[\da-fA-F]{4}$/.test(hex)) this.#fail("Invalid \\uXXXX escape");
      this.#at += 5;
      return String.fromCharCode(parseInt(hex, 16));
    }
    const plain = char === undefined ? undefined : ESCAPES[char];
    if (plain === undefined) return this.#fail("Invalid \\escape", this.#at - 1);
    this.#at++;
    return plain;
  }

  #array(): Value {
    this.#at++;
    const items: Value[] = [];
    this.#blank();
    if (this.#skip("]")) return items;
    for (;;) {
      this.#blank();
      items.push(this.#value());
      this.#blank();
      if (this.#skip("]")) return items;
      if (!this.#skip(",")) this.#fail("Expecting ',' delimiter");
    }
  }

  #object(): Value {
    this.#at++;
    const dict = new PyDict();
    this.#blank();
    if (this.#skip("}")) return dict;
    for (;;) {
      this.#blank();
      if (this.#text[this.#at] !== '"') this.#fail("Expecting property name enclosed in double quotes");
      const key = this.#string();
      this.#blank();
      if (!this.#skip(":")) this.#fail("Expecting ':' delimiter");
      this.#blank();
      dict.set(key, this.#value());
      this.#blank();
      if (this.#skip("}")) return dict;
      if (!this.#skip(",")) this.#fail("Expecting ',' delimiter");
    }
  }

  #skip(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }
}

/** json.loads() */
export function jsonLoads(text: string): Value {
  return new JsonReader(text).read();
}
