import { raise } from "../errors.ts";

export interface RegexFlags {
  ignoreCase: boolean;
  multiline: boolean;
  dotAll: boolean;
  verbose: boolean;
  ascii: boolean;
}

export interface TranslatedRegex {
  readonly source: string;
  readonly flags: RegexFlags;
}

const START = "(?<![\\s\\S])";
const END = "(?![\\s\\S])";
const UNICODE = { d: "\\p{Nd}", w: "\\p{L}\\p{N}_", s: "\\s\\x1c-\\x1f\\x85" };
const ASCII = { d: "0-9", w: "A-Za-z0-9_", s: " \\t\\n\\r\\f\\v" };
const CONTROL: Readonly<Record<string, string>> = { n: "\\n", t: "\\t", r: "\\r", f: "\\f", v: "\\v", a: "\\x07" };
const FLAG_NAMES: Readonly<Record<string, keyof RegexFlags>> = {
  i: "ignoreCase",
  m: "multiline",
  s: "dotAll",
  x: "verbose",
  a: "ascii",
};

/** Turns Python's regular expression dialect into JavaScript's (with the v flag). */
class Translator {
  readonly #pattern: string;
  #flags: RegexFlags;
  #at = 0;

  constructor(pattern: string, flags: RegexFlags) {
    this.#pattern = pattern;
    this.#flags = { ...flags };
  }

  translate(): TranslatedRegex {
    this.#globalFlags();
    const flags = { ...this.#flags };
    let source = "";
    const saved: (RegexFlags & { at: number })[] = [];
    while (this.#at < this.#pattern.length) {
      const char = this.#pattern.charAt(this.#at);
      if (char === "(") {
        saved.push({ ...this.#flags, at: this.#at });
        source += this.#group(saved);
      } else if (char === ")") {
        this.#flags = saved.pop() ?? this.#fail("unbalanced parenthesis");
        source += ")";
        this.#at++;
      } else source += this.#element(char);
    }
    const open = saved.at(-1);
    if (open !== undefined) this.#fail("missing ), unterminated subpattern", open.at);
    return { source, flags };
  }

  #fail(message: string, at = this.#at): never {
    return raise("error", `${message} at position ${at}`);
  }

  /** `(?i)(?s)`: several in a row are fine, as long as nothing stands before them. */
  #globalFlags(): void {
    for (;;) {
      const match = this.#take(/\(\?([aimsxuL]+)\)/);
      if (match === undefined) return;
      this.#setFlags(match[1] ?? "", true);
    }
  }

  #setFlags(letters: string, on: boolean): void {
    for (const letter of letters) {
      const name = FLAG_NAMES[letter];
      if (name !== undefined) this.#flags[name] = on;
    }
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(pattern, "y");
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#pattern);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #group(saved: unknown[]): string {
    const named = this.#take(/\(\?P<(\w+)>/);
    if (named !== undefined) return `(?<${named[1] ?? ""}>`;
    const reference = this.#take(/\(\?P=(\w+)\)/);
    if (reference !== undefined) {
      saved.pop();
      return `\\k<${reference[1] ?? ""}>`;
    }
    if (this.#take(/\(\?#[^)]*\)/) !== undefined) {
      saved.pop();
      return "";
    }
    const plain = this.#take(/\(\?(?:[:=!]|<[=!])/);
    if (plain !== undefined) return plain[0];
    const scoped = this.#take(/\(\?([aimsxuL]*)(?:-([imsx]+))?:/);
    if (scoped !== undefined) return this.#scopedFlags(scoped[1] ?? "", scoped[2] ?? "");
    if (this.#pattern.startsWith("(?", this.#at))
      this.#fail(`unknown extension ${this.#pattern.slice(this.#at + 1, this.#at + 3)}`, this.#at + 1);
    this.#at++;
    return "(";
  }

  #scopedFlags(on: string, off: string): string {
    // JavaScript cannot change case matching for a part of the pattern; the other flags are translated away.
    if (on.includes("i") !== this.#flags.ignoreCase && on.includes("i"))
      this.#fail("case-insensitive groups are not supported");
    if (off.includes("i") && this.#flags.ignoreCase) this.#fail("case-sensitive groups are not supported");
    this.#setFlags(on, true);
    this.#setFlags(off, false);
    return "(?:";
  }

  #element(char: string): string {
    if (this.#flags.verbose && this.#take(/\s+|#[^\n]*/) !== undefined) return "";
    switch (char) {
      case "\\":
        return this.#escape();
      case "[":
        return this.#class();
      case ".":
        this.#at++;
        return this.#flags.dotAll ? "[\\s\\S]" : "[^\\n]";
      case "^":
        this.#at++;
        return this.#flags.multiline ? "(?<![^\\n])" : START;
      case "$":
        this.#at++;
        return this.#flags.multiline ? "(?![^\\n])" : `(?=\\n?${END})`;
      case "{":
        return this.#braces();
      case "*":
      case "+":
      case "?":
        return this.#quantifier(char);
      default:
        this.#at++;
        return /[/}\]]/.test(char) ? `\\${char}` : char;
    }
  }

  #quantifier(char: string): string {
    this.#at++;
    const next = this.#pattern[this.#at];
    if (next === "+") this.#fail("possessive quantifiers are not supported");
    if (next === "*" || (char === "?" && next === "?" && this.#pattern[this.#at + 1] === "?"))
      this.#fail("multiple repeat");
    if (next !== "?") return char;
    this.#at++;
    return `${char}?`;
  }

  #braces(): string {
    const bounds = this.#take(/\{(\d*)(?:(,)(\d*))?\}/);
    if (bounds === undefined || bounds[0] === "{}") {
      if (bounds === undefined) this.#at++;
      return bounds === undefined ? "\\{" : "\\{\\}";
    }
    const [, low = "", comma = "", high = ""] = bounds;
    return `{${low === "" ? "0" : low}${comma}${high}}`;
  }

  #sets(): typeof UNICODE {
    return this.#flags.ascii ? ASCII : UNICODE;
  }

  #escape(): string {
    const at = this.#at;
    const char = this.#pattern.charAt(at + 1);
    if (char === "") this.#fail("bad escape (end of pattern)");
    const sets = this.#sets();
    this.#at += 2;
    if (char === "A") return START;
    if (char === "Z") return END;
    if (char === "b") return `(?:(?<=[${sets.w}])(?![${sets.w}])|(?<![${sets.w}])(?=[${sets.w}]))`;
    if (char === "B") return `(?:(?<=[${sets.w}])(?=[${sets.w}])|(?<![${sets.w}])(?![${sets.w}]))`;
    if (/[1-9]/.test(char)) return this.#backReference(at);
    const literal = this.#literalEscape(char, at);
    return literal.startsWith("[") || literal.startsWith("\\") ? literal : `[${literal}]`;
  }

  #backReference(at: number): string {
    this.#at = at + 1;
    const octal = this.#take(/[0-3][0-7]{2}/);
    if (octal !== undefined) return this.#code(parseInt(octal[0], 8));
    const number = this.#take(/\d{1,2}/)?.[0] ?? "";
    return `(?:\\${number})`;
  }

  #code(code: number): string {
    return `\\u{${code.toString(16)}}`;
  }

  /** An escape that stands for a character or a class, inside and outside of brackets. */
  #literalEscape(char: string, at: number): string {
    const sets = this.#sets();
    const lower = char.toLowerCase();
    if (lower === "d" || lower === "w" || lower === "s")
      return char === lower ? `[${sets[lower]}]` : `[^${sets[lower]}]`;
    const control = CONTROL[char];
    if (control !== undefined) return control;
    if (char === "0") {
      const octal = this.#take(/[0-7]{1,2}/);
      return this.#code(octal === undefined ? 0 : parseInt(octal[0], 8));
    }
    const width = char === "x" ? 2 : char === "u" ? 4 : char === "U" ? 8 : 0;
    if (width > 0) {
      const hex = this.#take(new RegExp(`[\\da-fA-F]{${width}}`));
      return hex === undefined ? this.#fail(`incomplete escape \\${char}`, at) : this.#code(parseInt(hex[0], 16));
    }
    if (/[A-Za-z]/.test(char)) this.#fail(`bad escape \\${char}`, at);
    return this.#code(char.codePointAt(0) ?? 0);
  }

  #class(): string {
    const start = this.#at++;
    let source = "[";
    if (this.#pattern[this.#at] === "^") {
      source += "^";
      this.#at++;
    }
    for (let first = true; ; first = false) {
      const char = this.#pattern[this.#at];
      if (char === undefined) this.#fail("unterminated character set", start);
      if (char === "]" && !first) break;
      source += this.#classPart(char);
    }
    this.#at++;
    return `${source}]`;
  }

  #classPart(char: string): string {
    const from = this.#classChar(char);
    const next = this.#pattern[this.#at + 1];
    if (this.#pattern[this.#at] !== "-" || next === undefined || next === "]" || from.startsWith("[")) return from;
    this.#at++;
    const to = this.#classChar(next);
    return to.startsWith("[") ? `${from}\\-${to}` : `${from}-${to}`;
  }

  #classChar(char: string): string {
    if (char !== "\\") {
      const code = this.#pattern.codePointAt(this.#at) ?? 0;
      this.#at += code > 0xffff ? 2 : 1;
      return /[\w ]/.test(char) ? char : this.#code(code);
    }
    const at = this.#at;
    const escaped = this.#pattern.charAt(at + 1);
    this.#at += 2;
    if (escaped === "b") return "\\x08";
    return this.#literalEscape(escaped, at);
  }
}

export function translateRegex(pattern: string, flags: RegexFlags): TranslatedRegex {
  return new Translator(pattern, flags).translate();
}
