import { PyObject, pyEquals, raise, tuple, Undefined, lengthOf, type PyTuple, type Value } from "./values.ts";
import { spend } from "./limits.ts";

/** The `loop` variable. */
export class LoopObject extends PyObject {
  override readonly pyType = "LoopContext";
  #iterator: Iterator<Value>;
  readonly #source: Value | undefined;
  readonly #recurse: ((items: Value, depth: number) => Value) | undefined;
  readonly #depth: number;
  #index = -1;
  #length: number | undefined;
  #after: IteratorResult<Value> | undefined;
  #before: Value | undefined;
  #current: Value | undefined;
  #lastChanged: PyTuple | undefined;

  /** `source` is asked for its length; undefined where only counting tells. */
  constructor(
    items: Iterable<Value>,
    source: Value | undefined,
    recurse: ((items: Value, depth: number) => Value) | undefined,
    depth: number,
  ) {
    super();
    this.#iterator = items[Symbol.iterator]();
    this.#source = source;
    this.#recurse = recurse;
    this.#depth = depth;
  }

  override get qualifiedType(): string {
    return "jinja2.runtime.LoopContext";
  }

  get current(): Value {
    return this.#current ?? null;
  }

  advance(): boolean {
    const next = this.#after ?? this.#iterator.next();
    this.#after = undefined;
    if (next.done === true) return false;
    this.#index++;
    this.#before = this.#current;
    this.#current = next.value;
    return true;
  }

  #peek(): IteratorResult<Value> {
    return (this.#after ??= this.#iterator.next());
  }

  override length(): number {
    if (this.#length !== undefined) return this.#length;
    const known = this.#source === undefined ? undefined : lengthOf(this.#source);
    return (this.#length = known ?? this.#count());
  }

  /** Runs the iterator to its end and keeps the rest. */
  #count(): number {
    const rest: Value[] = [];
    for (let next = this.#iterator.next(); next.done !== true; next = this.#iterator.next()) {
      spend(1);
      rest.push(next.value);
    }
    this.#iterator = rest.values();
    return rest.length + this.#index + 1 + (this.#after !== undefined && this.#after.done !== true ? 1 : 0);
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "index":
        return this.#index + 1;
      case "index0":
        return this.#index;
      case "first":
        return this.#index === 0;
      case "last":
        return this.#peek().done === true;
      case "length":
        return this.length();
      case "revindex":
        return this.length() - this.#index;
      case "revindex0":
        return this.length() - this.#index - 1;
      case "depth":
        return this.#depth + 1;
      case "depth0":
        return this.#depth;
      case "previtem":
        return this.#index === 0 ? new Undefined({ hint: "there is no previous item" }) : (this.#before ?? null);
      case "nextitem":
        return this.#nextItem();
      case "cycle":
        return (args) => this.#cycle(args);
      case "changed":
        return (args) => this.#changed(args);
      default:
        return undefined;
    }
  }

  #nextItem(): Value {
    const next = this.#peek();
    return next.done === true ? new Undefined({ hint: "there is no next item" }) : next.value;
  }

  #cycle(args: Value[]): Value {
    if (args.length === 0) raise("TypeError", "no items for cycling given");
    return args[this.#index % args.length] ?? null;
  }

  #changed(args: Value[]): Value {
    const value = tuple(args);
    if (this.#lastChanged !== undefined && pyEquals(this.#lastChanged, value)) return false;
    this.#lastChanged = value;
    return true;
  }

  override call(args: Value[]): Value {
    const [items] = args;
    if (items === undefined)
      return raise("TypeError", "LoopContext.__call__() missing 1 required positional argument: 'iterable'");
    if (this.#recurse === undefined)
      return raise("TypeError", "The loop must have the 'recursive' marker to be called recursively.");
    return this.#recurse(items, this.#depth + 1);
  }

  override iterate(): Iterable<Value> {
    return {
      [Symbol.iterator]: () => ({
        next: () =>
          this.advance() ? { done: false, value: tuple([this.current, this]) } : { done: true, value: undefined },
      }),
    };
  }

  override repr(): string {
    return `<LoopContext ${this.#index + 1}/${this.length()}>`;
  }
}
