import { attributeGetter, type Getter } from "./attribute-getter.ts";
import { getAttribute, pythonAttribute } from "./attributes.ts";
import { missing } from "./attributes.ts";
import { Signature } from "./arguments.ts";
import type { Filter, RenderState } from "./environment.ts";
import { PyIterator } from "./iterators.ts";
import { iterate, pyRepr, pyStr, raise, truthy, typeName, type Kwargs, type Value, textOf } from "./values.ts";

function lazy(values: () => Generator<Value>): PyIterator {
  return new PyIterator(values());
}

function named(state: RenderState, kind: "filter" | "test", name: Value): Filter {
  const table = kind === "filter" ? state.environment.filters : state.environment.tests;
  const text = textOf(name);
  const found = text === undefined ? undefined : table.get(text);
  return found ?? raise("TemplateRuntimeError", `No ${kind} named ${text === undefined ? pyRepr(name) : `'${text}'`}.`);
}

function mapper(state: RenderState, args: Value[], kwargs: Kwargs): Getter {
  if (args.length === 0 && "attribute" in kwargs) {
    const { attribute = null, default: fallback = null, ...unknown } = kwargs;
    for (const name in unknown) raise("FilterArgumentError", `Unexpected keyword argument '${name}'`);
    return attributeGetter(attribute, undefined, fallback);
  }
  const [name, ...rest] = args;
  if (name === undefined) return raise("FilterArgumentError", "map requires a filter argument");
  return (item) => named(state, "filter", name)(state, item, rest, kwargs);
}

const map: Filter = (state, value, args, kwargs) =>
  lazy(function* () {
    if (!truthy(value)) return;
    const convert = mapper(state, args, kwargs);
    for (const item of iterate(value)) yield convert(item);
  });

function chooser(state: RenderState, args: Value[], kwargs: Kwargs, byAttribute: boolean): (item: Value) => boolean {
  const [attribute] = args;
  if (byAttribute && attribute === undefined) raise("FilterArgumentError", "Missing parameter for attribute name");
  const get = byAttribute ? attributeGetter(attribute ?? null) : (item: Value): Value => item;
  const [name, ...rest] = byAttribute ? args.slice(1) : args;
  if (name === undefined) return (item) => truthy(get(item));
  return (item) => truthy(named(state, "test", name)(state, get(item), rest, kwargs));
}

function select(byAttribute: boolean, wanted: boolean): Filter {
  return (state, value, args, kwargs) =>
    lazy(function* () {
      if (!truthy(value)) return;
      const choose = chooser(state, args, kwargs, byAttribute);
      for (const item of iterate(value)) if (choose(item) === wanted) yield item;
    });
}

const attrArgs = new Signature("do_attr", "obj name", 1);

const attr: Filter = (_state, value, args, kwargs) => {
  const [, name = null] = attrArgs.bind([value, ...args], kwargs);
  const text = textOf(name) ?? raise("TypeError", `attribute name must be string, not '${typeName(name)}'`);
  const found = getAttribute(value, text);
  // getAttribute falls back to items, this filter does not.
  const isItem = pythonAttribute(value, text) === undefined && !text.startsWith("__");
  return isItem ? missing(value, text, pyStr) : found;
};

export const mapFilters: readonly [string, Filter][] = [
  ["map", map],
  ["select", select(false, true)],
  ["reject", select(false, false)],
  ["selectattr", select(true, true)],
  ["rejectattr", select(true, false)],
  ["attr", attr],
];
