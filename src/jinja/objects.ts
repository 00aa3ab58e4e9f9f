/* eslint-disable @typescript-eslint/no-unused-vars -- the defaults take what overriding methods need */
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

/** Object identities inside composite keys need a primitive. */
const identities = new WeakMap<object, number>();
let nextIdentity = 1;

function identity(object: object): number {
  let id = identities.get(object);
  if (id === undefined) identities.set(object, (id = nextIdentity++));
  return id;
}

function floatKey(value: number): unknown {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return BigInt(value);
  return value;
}

function partOfKey(value: Value): string {
  const key = hashKey(value);
  if (typeof key === "string") return `s${key.length}:${key}`;
  if (typeof key === "object" && key !== null) return `o${identity(key)}`;
  if (typeof key === "function") return `o${identity(key)}`;
  return `${typeof key}${String(key)};`;
}

/**
 * The key under which a Map finds a Python value: equal values (1, 1.0, True) share one.
 * Strings starting with NUL are moved away from the composite keys of tuples.
 */
export function hashKey(value: Value): unknown {
  switch (typeof value) {
    case "string":
      return value.charCodeAt(0) === 0 ? `\0s${value}` : value;
    case "boolean":
      return value ? 1 : 0;
    case "object":
      return objectKey(value);
    default:
      return value;
  }
}

function objectKey(value: Value & (object | null)): unknown {
  if (value === null) return null;
  if (value instanceof PyFloat) return floatKey(value.value);
  if (value instanceof PyTuple) return `\0t${value.map(partOfKey).join("")}`;
  if (value instanceof PyObject) return value.hashKey();
  if (Array.isArray(value)) return raise("TypeError", "unhashable type: 'list'");
  if (value instanceof PySet && value.frozen) return frozenKey(value);
  return raise("TypeError", `unhashable type: '${value instanceof PyDict ? "dict" : "set"}'`);
}

function frozenKey(set: PySet): string {
  return `\0f${Array.from(set, partOfKey).sort().join("")}`;
}

/** A Python dict: insertion ordered, any hashable key. */
export class PyDict {
  readonly #values = new Map<unknown, Value>();
  /** Original keys, only where they are not their own hash key. */
  #originals: Map<unknown, Value> | undefined;

  static from(record: Readonly<Record<string, Value>>): PyDict {
    const dict = new PyDict();
    for (const key of Object.keys(record)) dict.set(key, record[key] as Value);
    return dict;
  }

  static fromEntries(entries: Iterable<readonly [Value, Value]>): PyDict {
    const dict = new PyDict();
    for (const [key, value] of entries) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: Value): Value | undefined {
    return this.#values.get(hashKey(key));
  }

  has(key: Value): boolean {
    return this.#values.has(hashKey(key));
  }

  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    if (hash !== key && !this.#values.has(hash)) (this.#originals ??= new Map()).set(hash, key);
    this.#values.set(hash, value);
  }

  delete(key: Value): boolean {
    const hash = hashKey(key);
    this.#originals?.delete(hash);
    return this.#values.delete(hash);
  }

  clear(): void {
    this.#values.clear();
    this.#originals = undefined;
  }

  copy(): PyDict {
    return PyDict.fromEntries(this.entries());
  }

  *keys(): Generator<Value> {
    for (const hash of this.#values.keys()) yield this.#keyOf(hash);
  }

  values(): IterableIterator<Value> {
    return this.#values.values();
  }

  *entries(): Generator<[Value, Value]> {
    for (const [hash, value] of this.#values) yield [this.#keyOf(hash), value];
  }

  #keyOf(hash: unknown): Value {
    const original = this.#originals?.get(hash);
    return original === undefined ? (hash as Value) : original;
  }
}

/** A Python set or frozenset; it keeps insertion order, which Python does not promise. */
export class PySet {
  readonly #items = new Map<unknown, Value>();
  readonly frozen: boolean;

  constructor(items: Iterable<Value> = [], frozen = false) {
    this.frozen = frozen;
    for (const item of items) this.add(item);
  }

  get size(): number {
    return this.#items.size;
  }

  has(item: Value): boolean {
    return this.#items.has(hashKey(item));
  }

  add(item: Value): void {
    const hash = hashKey(item);
    if (!this.#items.has(hash)) this.#items.set(hash, item);
  }

  delete(item: Value): boolean {
    return this.#items.delete(hashKey(item));
  }

  clear(): void {
    this.#items.clear();
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return this.#items.values();
  }
}
