import { bytesRepr } from "../shared/python-bytes.ts";
import { PyIterator } from "./iterators.ts";
import { PyObject, raise, typeName, type Value } from "./values.ts";

/** bytes: templates make them with str.encode() and turn them back with decode(). */
export class PyBytes extends PyObject {
  override readonly pyType = "bytes";
  readonly data: Uint8Array;

  constructor(data: Uint8Array) {
    super();
    this.data = data;
  }

  override length(): number {
    return this.data.length;
  }

  override iterate(): Iterable<Value> {
    return this.data;
  }

  override getAttribute(name: string): Value | undefined {
    if (name === "decode") return () => Buffer.from(this.data).toString("utf8");
    if (name === "__reversed__") return () => new PyIterator(Array.from(this.data).reverse(), "reversed");
    return name === "hex" ? () => Buffer.from(this.data).toString("hex") : undefined;
  }

  override contains(item: Value): boolean {
    if (typeof item === "number") return this.data.includes(item);
    if (item instanceof PyBytes) return Buffer.from(this.data).includes(Buffer.from(item.data));
    return raise("TypeError", `a bytes-like object is required, not '${typeName(item)}'`);
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === "number" ? this.data.at(key) : undefined;
  }

  override equals(other: Value): boolean {
    return other instanceof PyBytes && Buffer.compare(this.data, other.data) === 0;
  }

  override hashKey(): unknown {
    return `\0b${Buffer.from(this.data).toString("hex")}`;
  }

  override repr(): string {
    return bytesRepr(this.data);
  }
}
