import { expectArgs } from "./arguments.ts";
import type { Method } from "./method.ts";
import {
  iterate,
  NO_KWARGS,
  PyDict,
  PyObject,
  pyRepr,
  raise,
  toList,
  tuple,
  tryIterate,
  type Kwargs,
  type Value,
} from "./values.ts";
import { DictView } from "./views.ts";

type DictMethod = (self: PyDict, args: Value[], kwargs: Kwargs) => Value;

/** Adds what dict.update() and dict() accept: a mapping or pairs, then keyword arguments. */
export function updateDict(dict: PyDict, args: Value[], kwargs: Kwargs): void {
  const [source] = args;
  if (source !== undefined) for (const [key, value] of pairsOf(source)) dict.set(key, value);
  for (const name in kwargs) dict.set(name, kwargs[name] as Value);
}

function pairsOf(source: Value): [Value, Value][] {
  if (source instanceof PyDict) return [...source.entries()];
  if (source instanceof PyObject) {
    // A mapping of the host tells by its keys().
    const keys = source.getAttribute("keys");
    if (keys instanceof PyObject || typeof keys === "function") {
      const names = typeof keys === "function" ? keys([], NO_KWARGS) : keys.call([], NO_KWARGS);
      return toList(names).map((key) => [key, source.getItem(key) ?? null]);
    }
  }
  return toList(source).map(pairOf);
}

function pairOf(item: Value, index: number): [Value, Value] {
  if (tryIterate(item) === undefined)
    raise("TypeError", `cannot convert dictionary update sequence element #${index} to a sequence`);
  const parts = toList(item);
  if (parts.length !== 2)
    raise("ValueError", `dictionary update sequence element #${index} has length ${parts.length}; 2 is required`);
  return parts as [Value, Value];
}

function keyError(key: Value): never {
  return raise("KeyError", pyRepr(key));
}

function popItem(self: PyDict): Value {
  const last = [...self.entries()].at(-1) ?? raise("KeyError", "'popitem(): dictionary is empty'");
  self.delete(last[0]);
  return tuple(last);
}

const METHODS: Readonly<Record<string, readonly [number, number, DictMethod]>> = {
  get: [1, 2, (self, [key = null, fallback = null]) => self.get(key) ?? (self.has(key) ? null : fallback)],
  keys: [0, 0, (self) => new DictView(self, "keys")],
  values: [0, 0, (self) => new DictView(self, "values")],
  items: [0, 0, (self) => new DictView(self, "items")],
  copy: [0, 0, (self) => self.copy()],
  popitem: [0, 0, popItem],
  clear: [
    0,
    0,
    (self) => {
      self.clear();
      return null;
    },
  ],
  pop: [
    1,
    2,
    (self, [key = null, fallback]) => {
      const value = self.get(key);
      if (value === undefined) return fallback ?? (fallback === null ? null : keyError(key));
      self.delete(key);
      return value;
    },
  ],
  setdefault: [
    1,
    2,
    (self, [key = null, fallback = null]) => {
      if (!self.has(key)) self.set(key, fallback);
      return self.get(key) ?? null;
    },
  ],
  fromkeys: [1, 2, (_self, args) => fromKeys(args)],
};

export function fromKeys([keys = null, value = null]: Value[]): PyDict {
  return PyDict.fromEntries(Array.from(iterate(keys), (key) => [key, value] as const));
}

function method(name: string, min: number, max: number, run: DictMethod): Method {
  return (self, args, kwargs) => {
    expectArgs("dict", name, args, kwargs, min, max);
    return run(self as PyDict, args, kwargs);
  };
}

export const dictMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ...Object.entries(METHODS).map(([name, [min, max, run]]) => [name, method(name, min, max, run)] as const),
  [
    "update",
    (self, args, kwargs) => {
      expectArgs("dict", "update", args, NO_KWARGS, 0, 1);
      updateDict(self as PyDict, args, kwargs);
      return null;
    },
  ],
]);
