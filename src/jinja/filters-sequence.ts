import { noteUnsteady } from "./unsteady.ts";
import { add, binary } from "./arithmetic.ts";
import { attributeGetter, attributesGetter, ignoreCase } from "./attribute-getter.ts";
import { Signature, toInt } from "./arguments.ts";
import { compare, sortValues } from "./compare.ts";
import type { Filter } from "./environment.ts";
import { PyIterator } from "./iterators.ts";
import { reserve, spend } from "./limits.ts";
import { PyRange } from "./range.ts";
import { DictView } from "./views.ts";
import { reverseValue } from "./reversing.ts";
import { namedTuple } from "./named-tuple.ts";
import {
  iterate,
  lengthOf,
  PyDict,
  PyObject,
  PySet,
  pyEquals,
  pyStr,
  raise,
  textOf,
  toList,
  truthy,
  tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";

const length: Filter = (_state, value) =>
  lengthOf(value) ?? raise("TypeError", `object of type '${typeName(value)}' has no len()`);

const joinArgs = new Signature("sync_do_join", "value d? attribute?", 1);

const join: Filter = (_state, value, args, kwargs) => {
  const [, separator = "", attribute = null] = joinArgs.bind([value, ...args], kwargs);
  const get = attribute === null ? undefined : attributeGetter(attribute);
  const mark = pyStr(separator);
  const items = iterate(value);
  let text = "";
  let first = true;
  for (const item of items) {
    spend(1);
    text += (first ? "" : mark) + pyStr(get === undefined ? item : get(item));
    first = false;
  }
  reserve(text.length);
  return text;
};

const first: Filter = (_state, value) => {
  for (const item of iterate(value)) return item;
  return new Undefined({ hint: "No first item, sequence was empty." });
};

const last: Filter = (_state, value) => {
  const items = reverseValue(value) ?? raise("TypeError", `'${typeName(value)}' object is not reversible`);
  for (const item of iterate(items)) return item;
  return new Undefined({ hint: "No last item, sequence was empty." });
};

const reverse: Filter = (_state, value) => {
  const text = textOf(value);
  if (text !== undefined) return Array.from(text).reverse().join("");
  return reverseValue(value) ?? reversedList(value);
};

function reversedList(value: Value): Value {
  if (value instanceof PyObject && value.iterate() === undefined)
    raise("FilterArgumentError", "argument must be iterable");
  if (!(value instanceof PyObject) && !(value instanceof PySet))
    raise("FilterArgumentError", "argument must be iterable");
  return toList(value).reverse();
}

const sortArgs = new Signature("do_sort", "value reverse? case_sensitive? attribute?", 1);

const sort: Filter = (_state, value, args, kwargs) => {
  const [, descending = false, caseSensitive = false, attribute = null] = sortArgs.bind([value, ...args], kwargs);
  const key = attributesGetter(attribute, truthy(caseSensitive) ? undefined : ignoreCase);
  return sortValues(toList(value), key, truthy(descending));
};

const uniqueArgs = new Signature("sync_do_unique", "value case_sensitive? attribute?", 1);

const unique: Filter = (_state, value, args, kwargs) => {
  const [, caseSensitive = false, attribute = null] = uniqueArgs.bind([value, ...args], kwargs);
  const key = attributeGetter(attribute, truthy(caseSensitive) ? undefined : ignoreCase);
  return new PyIterator(
    (function* (): Generator<Value> {
      const seen = new PySet();
      for (const item of iterate(value)) {
        const id = key(item);
        if (seen.has(id)) continue;
        seen.add(id);
        yield item;
      }
    })(),
  );
};

function extreme(name: "do_min" | "do_max"): Filter {
  const signature = new Signature(name, "value case_sensitive? attribute?", 1);
  return (_state, value, args, kwargs) => {
    const [, caseSensitive = false, attribute = null] = signature.bind([value, ...args], kwargs);
    const key = attributeGetter(attribute, truthy(caseSensitive) ? undefined : ignoreCase);
    let best: { item: Value; key: Value } | undefined;
    for (const item of iterate(value)) {
      spend(1);
      const own = key(item);
      if (best === undefined || (name === "do_max" ? compare(">", own, best.key) : compare("<", own, best.key)))
        best = { item, key: own };
    }
    return best === undefined ? new Undefined({ hint: "No aggregated item, sequence was empty." }) : best.item;
  };
}

const sumArgs = new Signature("sync_do_sum", "iterable attribute? start?", 1);

const sum: Filter = (_state, value, args, kwargs) => {
  const [, attribute = null, start = 0] = sumArgs.bind([value, ...args], kwargs);
  if (textOf(start) !== undefined) raise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
  const get = attribute === null ? undefined : attributeGetter(attribute);
  let total = start;
  for (const item of iterate(value)) {
    spend(1);
    total = add(total, get === undefined ? item : get(item));
  }
  return total;
};

const dictArgs = new Signature("do_dictsort", "value case_sensitive? by? reverse?");

const dictsort: Filter = (_state, value, args, kwargs) => {
  const [, caseSensitive = false, by = "key", descending = false] = dictArgs.bind([value, ...args], kwargs);
  if (by !== "key" && by !== "value") raise("FilterArgumentError", 'You can only sort by either "key" or "value"');
  if (value instanceof Undefined) return value.fail();
  if (!(value instanceof PyDict))
    return raise("AttributeError", `'${typeName(value)}' object has no attribute 'items'`);
  const at = by === "key" ? 0 : 1;
  const key = (pair: Value): Value => {
    const part = (pair as Value[])[at] ?? null;
    return truthy(caseSensitive) ? part : ignoreCase(part);
  };
  return sortValues(
    Array.from(value.entries(), (pair) => tuple(pair)),
    key,
    truthy(descending),
  );
};

const groupArgs = new Signature("sync_do_groupby", "value attribute default? case_sensitive?", 1);

const groupby: Filter = (_state, value, args, kwargs) => {
  const [, attribute = null, fallback = null, caseSensitive = false] = groupArgs.bind([value, ...args], kwargs);
  const key = attributeGetter(attribute, truthy(caseSensitive) ? undefined : ignoreCase, fallback);
  const shown = attributeGetter(attribute, undefined, fallback);
  const groups: { key: Value; items: Value[] }[] = [];
  for (const item of sortValues(toList(value), key, false)) {
    const own = key(item);
    const group = groups.at(-1);
    if (group !== undefined && pyEquals(group.key, own)) group.items.push(item);
    else groups.push({ key: own, items: [item] });
  }
  return groups.map(({ items }) => namedTuple({ grouper: shown(items[0] as Value), list: items }));
};

const batchArgs = new Signature("do_batch", "value linecount fill_with?");

const batch: Filter = (_state, value, args, kwargs) => {
  const [, size = null, fill = null] = batchArgs.bind([value, ...args], kwargs);
  return new PyIterator(
    (function* (): Generator<Value> {
      let line: Value[] = [];
      for (const item of iterate(value)) {
        if (pyEquals(line.length, size)) {
          yield line;
          line = [];
        }
        line.push(item);
      }
      if (line.length === 0) return;
      if (fill !== null && compare("<", line.length, size))
        line.push(...(binary("*", [fill], binary("-", size, line.length)) as Value[]));
      yield line;
    })(),
  );
};

const sliceArgs = new Signature("sync_do_slice", "value slices fill_with?");

const slice: Filter = (_state, value, args, kwargs) => {
  const [, count = null, fill = null] = sliceArgs.bind([value, ...args], kwargs);
  return new PyIterator(sliceItems(value, count, fill));
};

function* sliceItems(value: Value, count: Value, fill: Value): Generator<Value> {
  const items = toList(value);
  const perSlice = toInt(binary("//", items.length, count));
  const withExtra = toInt(binary("%", items.length, count));
  let offset = 0;
  for (let i = 0; i < toInt(count); i++) {
    spend(1);
    const start = offset + i * perSlice;
    if (i < withExtra) offset++;
    const part = items.slice(start, offset + (i + 1) * perSlice);
    if (fill !== null && i >= withExtra) part.push(fill);
    yield part;
  }
}

const items: Filter = (_state, value) => {
  if (value instanceof Undefined) return new PyIterator([]);
  return new PyIterator(
    (function* (): Generator<Value> {
      if (!(value instanceof PyDict)) raise("TypeError", "Can only get item pairs from a mapping.");
      yield* new DictView(value, "items").iterate();
    })(),
  );
};

const defaultArgs = new Signature("do_default", "value default_value? boolean?");

const orDefault: Filter = (_state, value, args, kwargs) => {
  const [, fallback = "", falseToo = false] = defaultArgs.bind([value, ...args], kwargs);
  return value instanceof Undefined || (truthy(falseToo) && !truthy(value)) ? fallback : value;
};

const random: Filter = (_state, value) => {
  const length = lengthOf(value) ?? raise("TypeError", `object of type '${typeName(value)}' has no len()`);
  if (length === 0) return new Undefined({ hint: "No random item, sequence was empty." });
  const list = value instanceof PyRange ? [...value.iterate()] : toList(value);
  noteUnsteady();
  return list[Math.floor(Math.random() * length)] ?? null;
};

export const sequenceFilters: readonly [string, Filter][] = [
  ["length", length],
  ["count", length],
  ["join", join],
  ["first", first],
  ["last", last],
  ["reverse", reverse],
  ["list", (_state, value) => toList(value)],
  ["sort", sort],
  ["unique", unique],
  ["min", extreme("do_min")],
  ["max", extreme("do_max")],
  ["sum", sum],
  ["dictsort", dictsort],
  ["groupby", groupby],
  ["batch", batch],
  ["slice", slice],
  ["items", items],
  ["default", orDefault],
  ["d", orDefault],
  ["random", random],
];
