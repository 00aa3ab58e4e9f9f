import { binary, unary } from "./arithmetic.ts";
import type { Arguments, Expression, Filter, Test } from "./ast.ts";
import { getAttribute, getItem, missing, slice } from "./attributes.ts";
import { PySlice } from "./slices.ts";
import { JinjaError } from "./errors.ts";
import { compare, contains } from "./compare.ts";
import type { Environment, RenderState } from "./environment.ts";
import { CONTEXT_FILTERS } from "./context-filters.ts";
import {
  iterate,
  PyDict,
  pyEquals,
  PyObject,
  pyRepr,
  PySet,
  pyStr,
  raise,
  truthy,
  tuple,
  type Kwargs,
  type Value,
} from "./values.ts";
import { Markup } from "./str-object.ts";
import { PyRange } from "./range.ts";
import { forEachChild } from "./symbols.ts";

/** Stands for: Jinja2 would leave this to run time. */
const IMPOSSIBLE: unique symbol = Symbol("impossible");
type Folded = Value | typeof IMPOSSIBLE;

export function isConst(folded: Folded): folded is Value {
  return folded !== IMPOSSIBLE;
}

/** Values Jinja2 is ready to write into compiled code. */
function isSafe(value: Value): boolean {
  if (typeof value === "function") return false;
  if (Array.isArray(value)) return value.every(isSafe);
  if (value instanceof PyDict) return [...value.entries()].every(([key, item]) => isSafe(key) && isSafe(item));
  if (value instanceof PySet) return [...value].every(isSafe);
  return !(value instanceof PyObject) || value instanceof Markup || value instanceof PyRange;
}

/**
 * The value of an expression where Jinja2 folds it at compile time. In native templates this shows:
 * a folded value is printed as text, any other keeps its type.
 */
export function asConst(node: Expression, environment: Environment): Folded {
  try {
    const value = fold(node, environment);
    return isSafe(value) ? value : IMPOSSIBLE;
  } catch {
    return IMPOSSIBLE;
  }
}

/** The text of an output expression that Jinja2 folds, where folding shows: with a slice in it. */
export function foldedText(node: Expression, environment: Environment): string | undefined {
  if (!hasSlice(node)) return undefined;
  try {
    return pyStr(fold(node, environment));
  } catch {
    return undefined;
  }
}

function hasSlice(node: Expression): boolean {
  if (node.kind === "slice") return true;
  let found = false;
  forEachChild(node, (child) => {
    found ||= hasSlice(child);
  });
  return found;
}

const impossible = (): never => raise("Impossible", "not constant");

function fold(node: Expression, environment: Environment): Value {
  const inner = (child: Expression): Value => fold(child, environment);
  switch (node.kind) {
    case "const":
      return node.value;
    case "data":
      return node.text;
    case "name":
    case "nsref":
    case "call":
      return impossible();
    case "slice": {
      const [start = null, stop = null, step = null] = [node.start, node.stop, node.step].map((part) =>
        part === undefined ? null : inner(part),
      );
      return new PySlice(start, stop, step);
    }
    case "list":
      return node.items.map(inner);
    case "tuple":
      return tuple(node.items.map(inner));
    case "dict":
      return PyDict.fromEntries(node.items.map(({ key, value }) => [inner(key), inner(value)] as const));
    case "condition":
      if (truthy(inner(node.test))) return inner(node.then);
      return node.otherwise === undefined ? impossible() : inner(node.otherwise);
    case "filter":
    case "test":
      return foldFilter(node, environment);
    case "getattr":
      return getAttribute(inner(node.node), node.name);
    case "getitem":
      return foldGetItem(inner(node.node), node.key, inner);
    case "concat":
      return node.items.map((item) => pyStr(inner(item))).join("");
    case "compare":
      return foldComparison(node.first, node.rest, inner);
    case "binary":
      return binary(node.op, inner(node.left), inner(node.right));
    case "and":
    case "or": {
      const left = inner(node.left);
      return truthy(left) === (node.kind === "or") ? left : inner(node.right);
    }
    case "not":
      return !truthy(inner(node.node));
    case "negative":
    case "positive":
      return unary(node.kind === "negative" ? "-" : "+", inner(node.node));
  }
}

function foldGetItem(object: Value, key: Expression, inner: (child: Expression) => Value): Value {
  if (key.kind !== "slice") return getItem(object, inner(key), pyRepr);
  const [start = null, stop = null, step = null] = [key.start, key.stop, key.step].map((part) =>
    part === undefined ? null : inner(part),
  );
  try {
    return slice(object, start, stop, step);
  } catch (error) {
    // At run time a slice of something that cannot be sliced is an error; folded, Jinja2 takes it for a missing item.
    if (error instanceof JinjaError && error.pythonType === "TypeError")
      return missing(object, new PySlice(start, stop, step), pyRepr);
    throw error;
  }
}

function foldComparison(
  first: Expression,
  rest: readonly { op: string; value: Expression }[],
  inner: (child: Expression) => Value,
): Value {
  let left = inner(first);
  for (const { op, value } of rest) {
    const right = inner(value);
    if (!holds(op, left, right)) return false;
    left = right;
  }
  return true;
}

function holds(op: string, left: Value, right: Value): boolean {
  if (op === "==") return pyEquals(left, right);
  if (op === "!=") return !pyEquals(left, right);
  if (op === "in") return contains(right, left);
  if (op === "not in") return !contains(right, left);
  return compare(op as "<" | "<=" | ">" | ">=", left, right);
}

function foldFilter(node: Filter | Test, environment: Environment): Value {
  const run = (node.kind === "filter" ? environment.filters : environment.tests).get(node.name);
  if (run === undefined || node.node === undefined || CONTEXT_FILTERS.has(node.name)) return impossible();
  const state: RenderState = { environment, native: true, autoescape: false };
  const { args, kwargs } = foldArguments(node.call, (child) => fold(child, environment));
  return run(state, fold(node.node, environment), args, kwargs);
}

function foldArguments(call: Arguments, inner: (child: Expression) => Value): { args: Value[]; kwargs: Kwargs } {
  const args = call.args.map(inner);
  if (call.dynArgs !== undefined) args.push(...iterate(inner(call.dynArgs)));
  const kwargs = Object.create(null) as Kwargs;
  for (const { name, value } of call.kwargs) kwargs[name] = inner(value);
  if (call.dynKwargs !== undefined) {
    const extra = inner(call.dynKwargs);
    if (!(extra instanceof PyDict)) return impossible();
    for (const [key, value] of extra.entries()) kwargs[pyStr(key)] = value;
  }
  return { args, kwargs };
}
