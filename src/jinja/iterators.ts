import { PyObject, raise, type Value } from "./values.ts";

/** A lazy sequence that can be walked once: a generator, map, zip, reversed … */
export class PyIterator extends PyObject {
  readonly pyType: string;
  readonly #iterator: Iterator<Value>;

  constructor(items: Iterable<Value>, pyType = "generator") {
    super();
    this.pyType = pyType;
    this.#iterator = items[Symbol.iterator]();
  }

  override truthy(): boolean {
    return true;
  }

  /** Every loop over the same iterator goes on where the last one stopped. */
  override iterate(): Iterable<Value> {
    return { [Symbol.iterator]: () => ({ next: () => this.#iterator.next() }) };
  }

  next(): Value {
    const step = this.#iterator.next();
    return step.done === true ? raise("StopIteration", "") : step.value;
  }

  override repr(): string {
    return `<${this.pyType} object>`;
  }
}
