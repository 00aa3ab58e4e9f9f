import { expectArgs, toInt } from "./arguments.ts";
import { sortValues } from "./compare.ts";
import { reserve, spend } from "./limits.ts";
import type { Method } from "./method.ts";
import {
  NO_KWARGS,
  PyObject,
  pyEquals,
  pyRepr,
  raise,
  toList,
  truthy,
  typeName,
  type Kwargs,
  type Value,
} from "./values.ts";

type ListMethod = (self: Value[], args: Value[]) => Value | undefined;

function indexIn(type: string, self: Value[], args: Value[]): number {
  const [item = null, from = 0, to = self.length] = args;
  const bound = (value: Value): number => {
    const index = toInt(value);
    return index < 0 ? Math.max(0, index + self.length) : index;
  };
  const end = Math.min(bound(to), self.length);
  for (let i = bound(from); i < end; i++) {
    spend(1);
    const candidate = self[i] as Value;
    if (candidate === item || pyEquals(candidate, item)) return i;
  }
  return raise("ValueError", type === "list" ? `${pyRepr(item)} is not in list` : "tuple.index(x): x not in tuple");
}

function count(self: Value[], [item = null]: Value[]): number {
  return self.filter((candidate) => candidate === item || pyEquals(candidate, item)).length;
}

function pop(self: Value[], args: Value[]): Value {
  if (self.length === 0) raise("IndexError", "pop from empty list");
  const index = args.length === 0 ? -1 : toInt(args[0] ?? null);
  const at = index < 0 ? index + self.length : index;
  if (at < 0 || at >= self.length) raise("IndexError", "pop index out of range");
  return self.splice(at, 1)[0] ?? null;
}

function remove(self: Value[], [item = null]: Value[]): undefined {
  const index = self.findIndex((candidate) => candidate === item || pyEquals(candidate, item));
  if (index === -1) raise("ValueError", "list.remove(x): x not in list");
  self.splice(index, 1);
}

function insert(self: Value[], [index = 0, item = null]: Value[]): undefined {
  self.splice(toInt(index), 0, item);
}

/** Grows the list, paying for it: lists are the easiest way to fill the memory. */
function extend(self: Value[], [items = null]: Value[]): undefined {
  const added = toList(items);
  reserve((self.length + added.length) * 8);
  for (const item of added) self.push(item);
}

const METHODS: Readonly<Record<string, readonly [number, number, ListMethod]>> = {
  append: [1, 1, (self, [item = null]) => void self.push(item)],
  extend: [1, 1, extend],
  insert: [2, 2, insert],
  pop: [0, 1, pop],
  remove: [1, 1, remove],
  clear: [0, 0, (self) => void (self.length = 0)],
  copy: [0, 0, (self) => self.slice()],
  count: [1, 1, count],
  index: [1, 3, (self, args) => indexIn("list", self, args)],
  reverse: [0, 0, (self) => void self.reverse()],
};

function method(type: string, name: string, min: number, max: number, run: ListMethod): Method {
  return (self, args, kwargs) => {
    expectArgs(type, name, args, kwargs, min, max);
    return run(self as Value[], args) ?? null;
  };
}

function sort(self: Value, args: Value[], kwargs: Kwargs): Value {
  if (args.length > 0) raise("TypeError", "sort() takes no positional arguments");
  const { key = null, reverse = false, ...unknown } = kwargs;
  for (const name in unknown) raise("TypeError", `'${name}' is an invalid keyword argument for sort()`);
  const sorted = sortValues(self as Value[], keyFunction(key), truthy(reverse));
  (self as Value[]).splice(0, sorted.length, ...sorted);
  return null;
}

function keyFunction(key: Value): (item: Value) => Value {
  if (key === null) return (item) => item;
  if (typeof key === "function") return (item) => key([item], NO_KWARGS);
  if (key instanceof PyObject) return (item) => key.call([item], NO_KWARGS);
  return raise("TypeError", `'${typeName(key)}' object is not callable`);
}

export const listMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ...Object.entries(METHODS).map(([name, [min, max, run]]) => [name, method("list", name, min, max, run)] as const),
  ["sort", sort],
]);

export const tupleMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["count", method("tuple", "count", 1, 1, count)],
  ["index", method("tuple", "index", 1, 3, (self, args) => indexIn("tuple", self, args))],
]);
