/* eslint-disable @typescript-eslint/no-unused-vars -- the parameters are those of the methods overridden */
import { raise } from "./errors.ts";
import { PyObject, type BinaryOperator, type Kwargs, type Value } from "./objects.ts";

export interface UndefinedOrigin {
  readonly hint?: string;
  readonly name?: Value;
  /** Message of the missing attribute or element, where the value came from an object. */
  readonly message?: string;
  readonly pythonType?: string;
}

/** A value that is not there: prints as nothing, is false and empty, and refuses everything else. */
export class Undefined extends PyObject {
  override readonly pyType = "Undefined";
  readonly #origin: UndefinedOrigin;

  constructor(origin: UndefinedOrigin = {}) {
    super();
    this.#origin = origin;
  }

  override get qualifiedType(): string {
    return "jinja2.runtime.Undefined";
  }

  get message(): string {
    const { hint, message, name } = this.#origin;
    return hint ?? message ?? `${typeof name === "string" ? `'${name}'` : "None"} is undefined`;
  }

  /** The same in the kind that chains; as in dbt, its message names no object. */
  chained(): ChainableUndefined {
    const { message: _, ...origin } = this.#origin;
    return new ChainableUndefined(origin);
  }

  fail(): never {
    return raise(this.#origin.pythonType ?? "UndefinedError", this.message);
  }

  override getAttribute(name: string): Value | undefined {
    return name.startsWith("__") && name.endsWith("__") ? undefined : this.fail();
  }

  override getItem(_key: Value): Value {
    return this.fail();
  }

  override str(): string {
    return "";
  }

  override repr(): string {
    return "Undefined";
  }

  override truthy(): boolean {
    return false;
  }

  override iterate(): Iterable<Value> {
    return [];
  }

  override length(): number {
    return 0;
  }

  override call(_args: Value[], _kwargs: Kwargs): Value {
    return this.fail();
  }

  override isCallable(): boolean {
    return true;
  }

  override equals(other: Value): boolean {
    return other instanceof Undefined;
  }

  override compare(_other: Value): number {
    return this.fail();
  }

  override hashKey(): unknown {
    return Undefined;
  }

  override binary(op: BinaryOperator, _other: Value, _reflected: boolean): Value | undefined {
    return op === "&" || op === "|" || op === "^" ? undefined : this.fail();
  }

  override unary(_op: "-" | "+"): Value {
    return this.fail();
  }
}

/** The kind dbt uses where it only collects macros: attributes, items and calls give the same undefined again. */
export class ChainableUndefined extends Undefined {
  override chained(): this {
    return this;
  }

  override getAttribute(name: string): Value | undefined {
    return name.startsWith("__") && name.endsWith("__") ? undefined : this;
  }

  override getItem(_key: Value): Value {
    return this;
  }

  override call(_args: Value[], _kwargs: Kwargs): Value {
    return this;
  }
}
