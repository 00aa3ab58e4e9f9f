import type { PyDict } from "./values.ts";
import {
  iterate,
  PyObject,
  pyEquals,
  pyRepr,
  PySet,
  raise,
  PyTuple,
  tuple,
  type BinaryOperator,
  type Value,
} from "./values.ts";
import { PyIterator } from "./iterators.ts";

type Kind = "keys" | "values" | "items";

/** What dict.keys(), values() and items() give: a window on the dict, not a copy. */
export class DictView extends PyObject {
  readonly pyType: string;
  readonly #dict: PyDict;
  readonly #kind: Kind;

  constructor(dict: PyDict, kind: Kind) {
    super();
    this.#dict = dict;
    this.#kind = kind;
    this.pyType = `dict_${kind}`;
  }

  override length(): number {
    return this.#dict.size;
  }

  override *iterate(): Generator<Value> {
    for (const key of iterate(this.#dict)) {
      if (this.#kind === "keys") yield key;
      else {
        const value = this.#dict.get(key) ?? null;
        yield this.#kind === "values" ? value : tuple([key, value]);
      }
    }
  }

  override repr(): string {
    return `${this.pyType}(${pyRepr([...this.iterate()])})`;
  }

  get isSetLike(): boolean {
    return this.#kind !== "values";
  }

  override contains(item: Value): boolean | undefined {
    if (this.#kind === "keys") return this.#dict.has(item);
    if (this.#kind === "values") return undefined;
    if (!(item instanceof PyTuple) || item.length !== 2) return false;
    const value = this.#dict.get(item[0] as Value);
    return value !== undefined && pyEquals(value, item[1] as Value);
  }

  /** Keys and items compare as sets do. */
  asSet(): PySet {
    return new PySet(this.iterate());
  }

  override equals(other: Value): boolean {
    if (this === other) return true;
    if (this.#kind === "values") return false;
    const set = other instanceof DictView && other.#kind !== "values" ? other.asSet() : other;
    return set instanceof PySet && pyEquals(this.asSet(), set);
  }

  override hashKey(): unknown {
    if (this.#kind === "values") return this;
    return raise("TypeError", `unhashable type: '${this.pyType}'`);
  }

  override binary(op: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (this.#kind === "values" || !["-", "&", "|", "^"].includes(op)) return undefined;
    const own = this.asSet();
    const set = new PySet(iterate(other));
    const [left, right] = reflected ? [set, own] : [own, set];
    const inLeft = [...left];
    const inRight = [...right];
    if (op === "&") return new PySet(inLeft.filter((item) => right.has(item)));
    if (op === "|") return new PySet([...inLeft, ...inRight]);
    const onlyLeft = inLeft.filter((item) => !right.has(item));
    return new PySet(op === "-" ? onlyLeft : [...onlyLeft, ...inRight.filter((item) => !left.has(item))]);
  }

  override getAttribute(name: string): Value | undefined {
    if (name === "mapping") return this.#dict;
    if (name !== "isdisjoint" || this.#kind === "values") return undefined;
    return (args) => [...iterate(args[0] ?? null)].every((item) => !this.asSet().has(item));
  }

  /** For reversed(). */
  reversed(): PyIterator {
    return new PyIterator([...this.iterate()].reverse(), `dict_reverse${this.#kind.replace(/s$/, "")}iterator`);
  }
}
