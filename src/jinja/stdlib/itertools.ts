import { add, binary } from "../arithmetic.ts";
import { Signature, toInt } from "../arguments.ts";
import { PyIterator } from "../iterators.ts";
import { spend } from "../limits.ts";
import {
  iterate,
  NO_KWARGS,
  PyDict,
  PyObject,
  raise,
  toList,
  truthy,
  tuple,
  type HostFunction,
  type Kwargs,
  type Value,
} from "../values.ts";

type Make = (args: (Value | undefined)[]) => Iterable<Value>;

/** An iterator function with named parameters; its items are counted as they are taken. */
function lazy(name: string, params: string, make: Make): [string, HostFunction] {
  const signature = new Signature(name, params);
  return [name, (args, kwargs) => new PyIterator(counted(make(signature.bind(args, kwargs))), `itertools.${name}`)];
}

function* counted(items: Iterable<Value>): Generator<Value> {
  for (const item of items) {
    spend(1);
    yield item;
  }
}

function call(callee: Value, args: Value[]): Value {
  if (typeof callee === "function") return callee(args, NO_KWARGS);
  return callee instanceof PyObject ? callee.call(args, NO_KWARGS) : raise("TypeError", "object is not callable");
}

function* count(start: Value, step: Value): Generator<Value> {
  for (let value = start; ; value = add(value, step)) yield value;
}

function* cycle(items: Value): Generator<Value> {
  const list = toList(items);
  while (list.length > 0) yield* list;
}

function* repeat(item: Value, times: Value | undefined): Generator<Value> {
  for (let i = 0; times === undefined || i < toInt(times); i++) yield item;
}

function* accumulate(items: Value, combine: Value, initial: Value): Generator<Value> {
  let total: Value | undefined = initial === null ? undefined : initial;
  if (total !== undefined) yield total;
  for (const item of iterate(items)) {
    total = total === undefined ? item : combine === null ? binary("+", total, item) : call(combine, [total, item]);
    yield total;
  }
}

function* chain(lists: Iterable<Value>): Generator<Value> {
  for (const list of lists) yield* iterate(list);
}

function* compress(data: Value, selectors: Value): Generator<Value> {
  const choices = toList(selectors);
  let i = 0;
  for (const item of iterate(data)) {
    if (i >= choices.length) return;
    if (truthy(choices[i++] ?? null)) yield item;
  }
}

function sliceBounds(args: Value[]): { start: number; stop: number; step: number } {
  const [first = null, second, third = null] = args;
  const [start, stop] = second === undefined ? [null, first] : [first, second];
  const bounds = {
    start: start === null ? 0 : toInt(start),
    stop: stop === null ? Number.POSITIVE_INFINITY : toInt(stop),
    step: third === null ? 1 : toInt(third),
  };
  if (bounds.start < 0 || bounds.stop < 0)
    raise("ValueError", "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
  if (bounds.step < 1) raise("ValueError", "Step for islice() must be a positive integer or None.");
  return bounds;
}

function* islice(items: Value, { start, stop, step }: ReturnType<typeof sliceBounds>): Generator<Value> {
  if (stop <= start && stop === 0) return;
  let i = 0;
  for (const item of iterate(items)) {
    if (i >= stop) return;
    if (i >= start && (i - start) % step === 0) yield item;
    i++;
    if (i >= stop) return;
  }
}

function* starmap(callee: Value, items: Value): Generator<Value> {
  for (const args of iterate(items)) yield call(callee, toList(args));
}

function* zipLongest(lists: Value[], fill: Value): Generator<Value> {
  const iterators = lists.map((list) => iterate(list)[Symbol.iterator]());
  for (;;) {
    const row = iterators.map((iterator) => iterator.next());
    if (row.every((step) => step.done === true)) return;
    yield tuple(row.map((step) => (step.done === true ? fill : step.value)));
  }
}

function* product(pools: Value[][]): Generator<Value> {
  const [first, ...rest] = pools;
  if (first === undefined) {
    yield tuple([]);
    return;
  }
  for (const item of first) for (const tail of product(rest)) yield tuple([item, ...(tail as Value[])]);
}

/** Index lists of `size` out of `count`: in order or not, with repeats or not. */
function* choices(
  size: number,
  count: number,
  next: (chosen: number[], candidate: number) => boolean,
): Generator<number[]> {
  function* grow(chosen: number[]): Generator<number[]> {
    spend(1);
    if (chosen.length === size) {
      yield chosen;
      return;
    }
    for (let i = 0; i < count; i++) if (next(chosen, i)) yield* grow([...chosen, i]);
  }
  yield* grow([]);
}

function picker(next: (chosen: number[], candidate: number) => boolean): Make {
  return ([items = null, size]) => {
    const pool = toList(items);
    const length = size === undefined || size === null ? pool.length : toInt(size);
    if (length < 0) raise("ValueError", "r must be non-negative");
    return picked(pool, choices(length, pool.length, next));
  };
}

function* picked(pool: Value[], indexes: Iterable<number[]>): Generator<Value> {
  for (const chosen of indexes) yield tuple(chosen.map((i) => pool[i] ?? null));
}

function tee(args: Value[]): Value {
  const items = toList(args[0] ?? null);
  return tuple(Array.from({ length: toInt(args[1] ?? 2) }, () => new PyIterator(items, "itertools._tee")));
}

function pools(args: Value[], kwargs: Kwargs): Value[][] {
  const lists = args.map(toList);
  return Array.from({ length: toInt(kwargs["repeat"] ?? 1) }, () => lists).flat();
}

const chainFunction: HostFunction = (args) => new PyIterator(counted(chain(args)), "itertools.chain");

/** modules.itertools, as dbt exposes it; `onCall` hears of every call. */
export function itertoolsModule(onCall: () => void): PyDict {
  const functions: [string, HostFunction][] = [
    lazy("count", "start? step?", ([start = 0, step = 1]) => count(start, step)),
    lazy("cycle", "iterable", ([items = null]) => cycle(items)),
    lazy("repeat", "object times?", ([item = null, times]) => repeat(item, times)),
    lazy("accumulate", "iterable func? initial?", ([items = null, combine = null, initial = null]) =>
      accumulate(items, combine, initial),
    ),
    ["chain", chainFunction],
    lazy("compress", "data selectors", ([data = null, selectors = null]) => compress(data, selectors)),
    [
      "islice",
      (args) => new PyIterator(counted(islice(args[0] ?? null, sliceBounds(args.slice(1)))), "itertools.islice"),
    ],
    lazy("starmap", "function iterable", ([callee = null, items = null]) => starmap(callee, items)),
    ["tee", (args) => tee(args)],
    [
      "zip_longest",
      (args, kwargs) => new PyIterator(counted(zipLongest(args, kwargs["fillvalue"] ?? null)), "itertools.zip_longest"),
    ],
    ["product", (args, kwargs) => new PyIterator(counted(product(pools(args, kwargs))), "itertools.product")],
    lazy(
      "permutations",
      "iterable r?",
      picker((chosen, i) => !chosen.includes(i)),
    ),
    lazy(
      "combinations",
      "iterable r",
      picker((chosen, i) => i > (chosen.at(-1) ?? -1)),
    ),
    lazy(
      "combinations_with_replacement",
      "iterable r",
      picker((chosen, i) => i >= (chosen.at(-1) ?? 0)),
    ),
  ];
  return PyDict.fromEntries(
    functions.map(([name, run]): [string, HostFunction] => [
      name,
      (args, kwargs) => {
        onCall();
        return run(args, kwargs);
      },
    ]),
  );
}
