import { hashKey } from "./objects.ts";
import { raise } from "./errors.ts";
import { quote } from "./quote.ts";
import { PyObject, type BinaryOperator, type Value } from "./objects.ts";

/** A subclass of str: text that carries a meaning, such as Markup or dbt's native markers. */
export class PyStr extends PyObject {
  readonly pyType: string;
  readonly text: string;

  constructor(text: string, pyType: string) {
    super();
    this.text = text;
    this.pyType = pyType;
  }

  override str(): string {
    return this.text;
  }

  override truthy(): boolean {
    return this.text !== "";
  }

  override iterate(): Iterable<Value> {
    return this.text;
  }

  override length(): number {
    return Array.from(this.text).length;
  }

  override equals(other: Value): boolean {
    return textOf(other) === this.text;
  }

  override compare(other: Value): number | undefined {
    const text = textOf(other);
    if (text === undefined) return undefined;
    return this.text < text ? -1 : this.text > text ? 1 : 0;
  }

  override hashKey(): unknown {
    return hashKey(this.text);
  }

  override contains(item: Value): boolean {
    const text = textOf(item);
    if (text === undefined) raise("TypeError", "'in <string>' requires string as left operand");
    return this.text.includes(text);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&#34;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>'"]/g, (char) => ESCAPES[char] ?? char);
}

/** Text that is safe HTML; adding plain text to it escapes that text. */
export class Markup extends PyStr {
  constructor(text: string) {
    super(text, "Markup");
  }

  override repr(): string {
    return `Markup(${quote(this.text)})`;
  }

  override binary(op: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    const text = textOf(other);
    if (op === "+" && text !== undefined) {
      const safe = other instanceof Markup ? other.text : escapeHtml(text);
      return new Markup(reflected ? safe + this.text : this.text + safe);
    }
    if (op === "*" && typeof other === "number") return new Markup(this.text.repeat(Math.max(0, other)));
    return undefined;
  }
}

/** The characters of a str or of one of its subclasses; undefined for everything else. */
export function textOf(value: Value): string | undefined {
  if (typeof value === "string") return value;
  return value instanceof PyStr ? value.text : undefined;
}
