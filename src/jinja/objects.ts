/* eslint-disable @typescript-eslint/no-unused-vars -- the defaults take what overriding methods need */
import type { PyDict, PySet } from "./containers.ts";
import { raise } from "./errors.ts";

/** Keyword arguments: a record without prototype, so that no name is special. */
export type Kwargs = Record<string, Value>;

/** A function of the host program that templates may call. */
export type HostFunction = (args: Value[], kwargs: Kwargs) => Value;

/** Everything a template can hold. None is null, str is string, int is number or (beyond 2^53) bigint. */
export type Value =
  null | boolean | string | number | bigint | PyFloat | PyTuple | Value[] | PyDict | PySet | PyObject | HostFunction;

/** The empty keyword arguments, shared and frozen. */
export const NO_KWARGS: Kwargs = Object.freeze(Object.create(null) as Kwargs);

/** A Python float. Boxed, since 1.0 and 1 print differently. */
export class PyFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A Python tuple. Array methods on it return plain arrays. */
export class PyTuple extends Array<Value> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

export function tuple(items: Iterable<Value>): PyTuple {
  const result = new PyTuple();
  for (const item of items) result.push(item);
  return result;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**" | "&" | "|" | "^";

/**
 * Any other object a template may see. A template reaches it through these methods only;
 * properties of the JavaScript object itself are never visible.
 */
export abstract class PyObject {
  abstract readonly pyType: string;

  /** The name with its module, as messages about missing attributes show it. */
  get qualifiedType(): string {
    return this.pyType;
  }

  /** Undefined means: no such attribute. */
  getAttribute(_name: string): Value | undefined {
    return undefined;
  }

  /** Undefined means: no such item (or not subscriptable). */
  getItem(_key: Value): Value | undefined {
    return undefined;
  }

  setAttribute?(name: string, value: Value): void;

  setItem?(key: Value, value: Value): void;

  str(): string {
    return this.repr();
  }

  repr(): string {
    return `<${this.qualifiedType} object>`;
  }

  truthy(): boolean {
    const length = this.length();
    return length === undefined || length !== 0;
  }

  iterate(): Iterable<Value> | undefined {
    return undefined;
  }

  length(): number | undefined {
    return undefined;
  }

  isCallable(): boolean {
    return this.call !== PyObject.prototype.call;
  }

  call(_args: Value[], _kwargs: Kwargs): Value {
    return raise("TypeError", `'${this.pyType}' object is not callable`);
  }

  equals(other: Value): boolean {
    return this === other;
  }

  /** Negative, zero or positive; undefined means: no order between the two. */
  compare(_other: Value): number | undefined {
    return undefined;
  }

  /** A primitive or an object that is the same for equal values. */
  hashKey(): unknown {
    return this;
  }

  /** Undefined means: this operator is not for me. */
  binary(_op: BinaryOperator, _other: Value, _reflected: boolean): Value | undefined {
    return undefined;
  }

  unary(_op: "-" | "+"): Value | undefined {
    return undefined;
  }

  /** What `x in self` answers; undefined means: look through iterate(). */
  contains(_item: Value): boolean | undefined {
    return undefined;
  }
}
