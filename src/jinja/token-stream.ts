import { TemplateSyntaxError } from "./errors.ts";
import type { Token } from "./lexer.ts";
import { pyStr } from "./values.ts";

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  variable_begin: "begin of print statement",
  variable_end: "end of print statement",
  block_begin: "begin of statement block",
  block_end: "end of statement block",
  data: "template data / text",
  eof: "end of template",
};

export function describeType(type: string): string {
  return DESCRIPTIONS[type] ?? type;
}

export function describeToken(token: Token): string {
  return token.type === "name" ? pyStr(token.value) : describeType(token.type);
}

/** A cursor over tokens. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #index = 0;
  current: Token;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    this.current = this.#load(0);
  }

  #load(index: number): Token {
    const token = this.#tokens[Math.min(index, this.#tokens.length - 1)] as Token;
    if (token.type === "error") throw new TemplateSyntaxError(pyStr(token.value), token.at);
    return token;
  }

  /** Moves on and gives back the token that was current. */
  next(): Token {
    const token = this.current;
    this.current = this.#load(++this.#index);
    return token;
  }

  look(): Token {
    return this.#load(this.#index + 1);
  }

  /** The token before the current one. */
  previous(): Token {
    return this.#tokens[this.#index - 1] ?? this.current;
  }

  isName(name: string): boolean {
    return this.current.type === "name" && this.current.value === name;
  }

  skipName(name: string): boolean {
    if (!this.isName(name)) return false;
    this.next();
    return true;
  }

  skip(type: string): boolean {
    if (this.current.type !== type) return false;
    this.next();
    return true;
  }

  expect(type: string): Token {
    if (this.current.type !== type) this.#unexpected(describeType(type));
    return this.next();
  }

  expectName(name: string): Token {
    if (!this.isName(name)) this.#unexpected(name);
    return this.next();
  }

  #unexpected(expected: string): never {
    const token = this.current;
    const message =
      token.type === "eof"
        ? `unexpected end of template, expected '${expected}'.`
        : `expected token '${expected}', got '${describeToken(token)}'`;
    throw new TemplateSyntaxError(message, token.at);
  }
}
