import { binary } from "./arithmetic.ts";
import { compare, contains, type OrderOperator } from "./compare.ts";
import type { Filter, RenderState } from "./environment.ts";
import { isInt, Signature } from "./arguments.ts";
import { isLower, isUpper } from "./str-case.ts";
import { Markup, PyStr } from "./str-object.ts";
import {
  lengthOf,
  PyDict,
  pyEquals,
  PyFloat,
  PyObject,
  PySet,
  pyRepr,
  pyStr,
  PyTuple,
  raise,
  textOf,
  tryIterate,
  Undefined,
  type Value,
} from "./values.ts";

function unaryTest(name: string, test: (value: Value, state: RenderState) => boolean): [string, Filter] {
  const signature = new Signature(`test_${name}`, "value");
  return [
    name,
    (state, value, args, kwargs) => {
      signature.bind([value, ...args], kwargs);
      return test(value, state);
    },
  ];
}

function binaryTest(name: string, test: (value: Value, other: Value) => boolean, operator = true): [string, Filter] {
  const signature = new Signature(`test_${name}`, "value other");
  return [
    name,
    (_state, value, args, kwargs) => {
      if (operator && args.length !== 1) raise("TypeError", `${name} expected 2 arguments, got ${args.length + 1}`);
      const [, other = null] = signature.bind([value, ...args], kwargs);
      return test(value, other);
    },
  ];
}

function order(op: OrderOperator): (value: Value, other: Value) => boolean {
  return (value, other) => compare(op, value, other);
}

function remainder(value: Value, divisor: Value): Value {
  return binary("%", value, divisor);
}

function isSequence(value: Value): boolean {
  if (value instanceof PySet) return false;
  return (
    lengthOf(value) !== undefined &&
    (!(value instanceof PyObject) || value instanceof PyStr || value.getItem !== PyObject.prototype.getItem)
  );
}

function isNumber(value: Value): boolean {
  return (
    isInt(value) ||
    value instanceof PyFloat ||
    (value instanceof PyObject && value.getAttribute("__float__") !== undefined)
  );
}

function isMapping(value: Value): boolean {
  return (
    value instanceof PyDict ||
    (value instanceof PyObject && !(value instanceof Undefined) && value.getAttribute("__mapping__") === true)
  );
}

function hashable(value: Value): Value {
  if (Array.isArray(value) && !(value instanceof PyTuple)) raise("TypeError", "unhashable type: 'list'");
  if (value instanceof PyDict) raise("TypeError", "unhashable type: 'dict'");
  if (value instanceof PySet && !value.frozen) raise("TypeError", "unhashable type: 'set'");
  if (value instanceof PyObject) value.hashKey();
  return value;
}

function sameObject(value: Value, other: Value): boolean {
  return value === other;
}

export const jinjaTests: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  unaryTest("odd", (value) => pyEquals(remainder(value, 2), 1)),
  unaryTest("even", (value) => pyEquals(remainder(value, 2), 0)),
  binaryTest("divisibleby", (value, divisor) => pyEquals(remainder(value, divisor), 0), false),
  unaryTest("defined", (value) => !(value instanceof Undefined)),
  unaryTest("undefined", (value) => value instanceof Undefined),
  unaryTest("filter", (value, state) => state.environment.filters.has(textOf(hashable(value)) ?? pyRepr(value))),
  unaryTest("test", (value, state) => state.environment.tests.has(textOf(hashable(value)) ?? pyRepr(value))),
  unaryTest("none", (value) => value === null),
  unaryTest("boolean", (value) => typeof value === "boolean"),
  unaryTest("false", (value) => value === false),
  unaryTest("true", (value) => value === true),
  unaryTest("integer", (value) => typeof value === "number" || typeof value === "bigint"),
  unaryTest("float", (value) => value instanceof PyFloat),
  unaryTest("lower", (value) => isLower(pyStr(value))),
  unaryTest("upper", (value) => isUpper(pyStr(value))),
  unaryTest("string", (value) => textOf(value) !== undefined),
  unaryTest("mapping", isMapping),
  unaryTest("number", isNumber),
  unaryTest("sequence", isSequence),
  unaryTest("iterable", (value) => tryIterate(value) !== undefined),
  unaryTest("callable", (value) => typeof value === "function" || (value instanceof PyObject && value.isCallable())),
  unaryTest("escaped", (value) => value instanceof Markup),
  binaryTest("sameas", sameObject, false),
  binaryTest("in", (value, container) => contains(container, value), false),
  ...["==", "eq", "equalto"].map((name) => binaryTest(name, pyEquals)),
  ...["!=", "ne"].map((name) => binaryTest(name, (value, other) => !pyEquals(value, other))),
  ...[">", "gt", "greaterthan"].map((name) => binaryTest(name, order(">"))),
  ...[">=", "ge"].map((name) => binaryTest(name, order(">="))),
  ...["<", "lt", "lessthan"].map((name) => binaryTest(name, order("<"))),
  ...["<=", "le"].map((name) => binaryTest(name, order("<="))),
]);
