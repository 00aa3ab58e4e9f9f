import { DictView } from "./views.ts";
import {
  hasAstral,
  lengthOf,
  numberOf,
  pyEquals,
  PyObject,
  PySet,
  PyTuple,
  raise,
  textOf,
  tryIterate,
  typeName,
  type Value,
} from "./values.ts";
import { PyDict } from "./objects.ts";
import { spend } from "./limits.ts";

export type OrderOperator = "<" | "<=" | ">" | ">=";

function codePointOrder(a: string, b: string): number {
  if (a === b) return 0;
  if (!hasAstral(a) && !hasAstral(b)) return a < b ? -1 : 1;
  const left = Array.from(a, (char) => char.codePointAt(0) ?? 0);
  const right = Array.from(b, (char) => char.codePointAt(0) ?? 0);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function holds(op: OrderOperator, order: number): boolean {
  switch (op) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function compareNumbers(op: OrderOperator, a: number | bigint, b: number | bigint): boolean {
  switch (op) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

function compareSequences(op: OrderOperator, a: Value[], b: Value[]): boolean {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    spend(1);
    const left = a[i] as Value;
    const right = b[i] as Value;
    if (!pyEquals(left, right)) return compare(op, left, right);
  }
  return holds(op, a.length - b.length);
}

/** A set, or a view of a dict that compares like one. */
type SetLike = PySet | DictView;

function isSetLike(value: Value): value is SetLike {
  return value instanceof PySet || (value instanceof DictView && value.isSetLike);
}

function isSubset(a: SetLike, b: SetLike): boolean {
  for (const item of a instanceof PySet ? a : a.iterate()) if (!contains(b, item)) return false;
  return true;
}

function compareSets(op: OrderOperator, a: SetLike, b: SetLike): boolean {
  const [small, large] = op === "<" || op === "<=" ? [a, b] : [b, a];
  const [size, limit] = [lengthOf(small) ?? 0, lengthOf(large) ?? 0];
  return (op === "<" || op === ">" ? size < limit : size <= limit) && isSubset(small, large);
}

const SWAPPED = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

/** a < b and its kin, raising TypeError where Python has no order. */
export function compare(op: OrderOperator, a: Value, b: Value): boolean {
  const left = numberOf(a);
  const right = numberOf(b);
  if (left !== undefined && right !== undefined) return compareNumbers(op, left, right);
  if (typeof a === "string" && typeof b === "string") return holds(op, codePointOrder(a, b));
  if (isSetLike(a) && isSetLike(b)) return compareSets(op, a, b);
  if (a instanceof PyObject) {
    const order = a.compare(b);
    if (order !== undefined) return holds(op, order);
  }
  if (b instanceof PyObject) {
    const order = b.compare(a);
    if (order !== undefined) return holds(SWAPPED[op], order);
  }
  if (Array.isArray(a) && Array.isArray(b) && a instanceof PyTuple === b instanceof PyTuple)
    return compareSequences(op, a, b);
  return raise("TypeError", `'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** sorted(): stable, comparing with < only. */
export function sortValues(items: Value[], key: (item: Value) => Value, reverse: boolean): Value[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  const order = (a: { key: Value }, b: { key: Value }): number => {
    spend(1);
    return compare("<", a.key, b.key) ? -1 : compare("<", b.key, a.key) ? 1 : 0;
  };
  // Reversed before and after, as Python does, so that equal items keep their order.
  if (reverse) keyed.reverse();
  keyed.sort(order);
  if (reverse) keyed.reverse();
  return keyed.map((entry) => entry.item);
}

/** item in container */
export function contains(container: Value, item: Value): boolean {
  const text = textOf(container);
  if (text !== undefined) {
    const part = textOf(item);
    if (part === undefined) raise("TypeError", `'in <string>' requires string as left operand, not ${typeName(item)}`);
    return text.includes(part);
  }
  if (container instanceof PyDict || container instanceof PySet) return container.has(item);
  if (container instanceof PyObject) {
    const answer = container.contains(item);
    if (answer !== undefined) return answer;
  }
  const items =
    tryIterate(container) ?? raise("TypeError", `argument of type '${typeName(container)}' is not iterable`);
  for (const candidate of items) {
    spend(1);
    if (candidate === item || pyEquals(candidate, item)) return true;
  }
  return false;
}
