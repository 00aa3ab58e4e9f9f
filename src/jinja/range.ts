import { PyObject, numberOf, raise, typeName, type Value } from "./values.ts";
import { sliceIndexes, PySlice } from "./slices.ts";

/** Jinja's sandbox allows no longer ranges. */
const MAX_RANGE = 100_000;

/** range() */
export class PyRange extends PyObject {
  override readonly pyType = "range";
  readonly start: number;
  readonly stop: number;
  readonly step: number;

  constructor(start: number, stop: number, step: number) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  override length(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step));
  }

  at(index: number): number {
    return this.start + index * this.step;
  }

  override *iterate(): Generator<Value> {
    const length = this.length();
    for (let i = 0; i < length; i++) yield this.at(i);
  }

  override repr(): string {
    const { start, stop, step } = this;
    return step === 1 ? `range(${start}, ${stop})` : `range(${start}, ${stop}, ${step})`;
  }

  override getAttribute(name: string): Value | undefined {
    if (name === "start" || name === "stop" || name === "step") return this[name];
    if (name === "count") return (args) => (this.contains(args[0] ?? null) ? 1 : 0);
    if (name === "index") return (args) => this.#indexOf(args[0] ?? null);
    return undefined;
  }

  #indexOf(item: Value): number {
    if (!this.contains(item)) raise("ValueError", "item is not in range");
    return (Number(numberOf(item)) - this.start) / this.step;
  }

  override getItem(key: Value): Value | undefined {
    if (key instanceof PySlice) {
      const { start, stop, step } = sliceIndexes(this.length(), key.start, key.stop, key.step);
      return new PyRange(this.at(start), this.at(stop), this.step * step);
    }
    if (typeof key !== "number" && typeof key !== "boolean") return undefined;
    const index = Number(key) < 0 ? this.length() + Number(key) : Number(key);
    return index >= 0 && index < this.length() ? this.at(index) : undefined;
  }

  override contains(item: Value): boolean {
    const number = numberOf(item);
    if (typeof number !== "number") return false;
    const index = (number - this.start) / this.step;
    return Number.isInteger(index) && index >= 0 && index < this.length();
  }

  override equals(other: Value): boolean {
    if (!(other instanceof PyRange) || other.length() !== this.length()) return false;
    const length = this.length();
    return length === 0 || (this.start === other.start && (length === 1 || this.step === other.step));
  }

  override hashKey(): unknown {
    const length = this.length();
    return `\0r${length}:${length > 0 ? this.start : ""}:${length > 1 ? this.step : ""}`;
  }
}

/** The sandbox's range(). */
export function pyRange(args: Value[]): PyRange {
  if (args.length === 0) raise("TypeError", "range expected at least 1 argument, got 0");
  if (args.length > 3) raise("TypeError", `range expected at most 3 arguments, got ${args.length}`);
  const parts = args.map((arg) => {
    if (typeof arg === "number" || typeof arg === "bigint") return Number(arg);
    if (typeof arg === "boolean") return arg ? 1 : 0;
    return raise("TypeError", `'${typeName(arg)}' object cannot be interpreted as an integer`);
  });
  const [first = 0, second, step = 1] = parts;
  if (step === 0) raise("ValueError", "range() arg 3 must not be zero");
  const range = second === undefined ? new PyRange(0, first, 1) : new PyRange(first, second, step);
  if (range.length() > MAX_RANGE) {
    raise("OverflowError", `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${MAX_RANGE}).`);
  }
  return range;
}
