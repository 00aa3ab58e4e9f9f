import { PyTuple, type Value } from "./values.ts";

/** A tuple with names for its positions. */
export class NamedTuple extends PyTuple {
  names: readonly string[] = [];

  field(name: string): Value | undefined {
    const index = this.names.indexOf(name);
    return index === -1 ? undefined : this[index];
  }
}

export function namedTuple(fields: Readonly<Record<string, Value>>): NamedTuple {
  const result = new NamedTuple();
  result.push(...Object.values(fields));
  result.names = Object.keys(fields);
  return result;
}
