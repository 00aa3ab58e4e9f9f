import { expectArgs } from "./arguments.ts";
import type { Method } from "./method.ts";
import { iterate, pyRepr, PySet, raise, type Value } from "./values.ts";

type SetMethod = (self: PySet, args: Value[]) => Value | undefined;

function asSet(value: Value): PySet {
  return value instanceof PySet ? value : new PySet(iterate(value));
}

function replace(self: PySet, items: Iterable<Value>): undefined {
  const kept = [...items];
  self.clear();
  for (const item of kept) self.add(item);
}

function difference(self: PySet, args: Value[]): PySet {
  const others = args.map(asSet);
  return new PySet(
    [...self].filter((item) => !others.some((other) => other.has(item))),
    self.frozen,
  );
}

function intersection(self: PySet, args: Value[]): PySet {
  const others = args.map(asSet);
  return new PySet(
    [...self].filter((item) => others.every((other) => other.has(item))),
    self.frozen,
  );
}

function union(self: PySet, args: Value[]): PySet {
  return new PySet([...self, ...args.flatMap((arg) => [...iterate(arg)])], self.frozen);
}

function symmetricDifference(self: PySet, [arg = null]: Value[]): PySet {
  const other = asSet(arg);
  return new PySet(
    [...[...self].filter((item) => !other.has(item)), ...[...other].filter((item) => !self.has(item))],
    self.frozen,
  );
}

function isSubset(self: PySet, other: PySet): boolean {
  return [...self].every((item) => other.has(item));
}

function add(self: PySet, [item = null]: Value[]): undefined {
  self.add(item);
}

function clear(self: PySet): undefined {
  self.clear();
}

function pop(self: PySet): Value {
  for (const item of self) {
    self.delete(item);
    return item;
  }
  return raise("KeyError", "'pop from an empty set'");
}

function remove(self: PySet, [item = null]: Value[]): undefined {
  if (!self.delete(item)) raise("KeyError", pyRepr(item));
}

const ANY = Number.POSITIVE_INFINITY;
const METHODS: Readonly<Record<string, readonly [number, number, SetMethod]>> = {
  add: [1, 1, add],
  clear: [0, 0, clear],
  copy: [0, 0, (self) => new PySet(self, self.frozen)],
  discard: [1, 1, (self, [item = null]) => void self.delete(item)],
  remove: [1, 1, remove],
  pop: [0, 0, pop],
  difference: [0, ANY, difference],
  difference_update: [0, ANY, (self, args) => replace(self, difference(self, args))],
  intersection: [0, ANY, intersection],
  intersection_update: [0, ANY, (self, args) => replace(self, intersection(self, args))],
  union: [0, ANY, union],
  update: [0, ANY, (self, args) => replace(self, union(self, args))],
  symmetric_difference: [1, 1, symmetricDifference],
  symmetric_difference_update: [1, 1, (self, args) => replace(self, symmetricDifference(self, args))],
  isdisjoint: [1, 1, (self, [other = null]) => ![...iterate(other)].some((item) => self.has(item))],
  issubset: [1, 1, (self, [other = null]) => isSubset(self, asSet(other))],
  issuperset: [1, 1, (self, [other = null]) => isSubset(asSet(other), self)],
};

export const setMethods: ReadonlyMap<string, Method> = new Map<string, Method>(
  Object.entries(METHODS).map(([name, [min, max, run]]) => [
    name,
    (self: Value, args: Value[], kwargs) => {
      expectArgs("set", name, args, kwargs, min, max);
      return run(self as PySet, args) ?? null;
    },
  ]),
);
