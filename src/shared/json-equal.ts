import { isRecord } from "./objects.ts";

/** Equality of JSON values; a field that is not written is one without a value, and names with `_` in front are not compared. */
export function equal(a: unknown, b: unknown): boolean {
  const [x, y] = [a ?? null, b ?? null];
  if (x === y) return true;
  if (Array.isArray(x) && Array.isArray(y))
    return x.length === y.length && x.every((item, index) => equal(item, y[index]));
  if (isRecord(x) && isRecord(y))
    return [...Object.keys(x), ...Object.keys(y)].every((key) => key.startsWith("_") || equal(x[key], y[key]));
  return false;
}
