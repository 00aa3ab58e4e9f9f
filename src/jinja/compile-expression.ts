import { add, binary, multiply, subtract, unary } from "./arithmetic.ts";
import type {
  BinaryOperation,
  Comparison,
  CompareOperator,
  Condition,
  Expression,
  Filter,
  GetItem,
  Test,
} from "./ast.ts";
import { getAttribute, getItem, slice } from "./attributes.ts";
import { compileArguments, compileCall } from "./call.ts";
import { compare, contains } from "./compare.ts";
import { TemplateSyntaxError } from "./errors.ts";
import { reserve } from "./limits.ts";
import { chaining } from "./runtime.ts";
import { compileLoad, type Evaluate, type Scope } from "./scope.ts";
import { PyDict, pyEquals, pyRepr, pyStr, raise, truthy, tuple, Undefined, type Value } from "./values.ts";

export function compileExpression(node: Expression, scope: Scope): Evaluate {
  const compile = (child: Expression): Evaluate => compileExpression(child, scope);
  switch (node.kind) {
    case "const":
      return constant(node.value);
    case "data":
      return constant(node.text);
    case "name":
    case "nsref":
      return compileLoad(scope, node.name);
    case "list":
    case "tuple":
      return compileItems(node.kind, node.items.map(compile));
    case "dict":
      return compileDict(
        node.items.map(({ key, value }) => ({ key: compile(key), value: compile(value) })),
        node.at,
      );
    case "condition":
      return compileCondition(node, scope);
    case "filter":
    case "test":
      return compileFilter(node, scope);
    case "call":
      return compileCall(node.node, node.call, node.at, compile);
    case "getattr":
      return compileGetAttribute(compile(node.node), node.name, node.at);
    case "getitem":
      return compileGetItem(node, compile);
    case "slice":
      // A slice among several keys; Jinja2 writes Python that does not compile.
      throw new TemplateSyntaxError("invalid syntax", node.at, "SyntaxError");
    case "concat":
      return compileConcat(node.items.map(compile), node.at);
    case "compare":
      return compileComparison(node, compile);
    case "binary":
      return compileBinary(node, compile);
    case "and":
      return logic(compile(node.left), compile(node.right), false);
    case "or":
      return logic(compile(node.left), compile(node.right), true);
    case "not":
      return negate(compile(node.node));
    case "negative":
    case "positive":
      return compileUnary(node.kind === "negative" ? "-" : "+", compile(node.node), node.at);
  }
}

function constant(value: Value): Evaluate {
  return () => value;
}

function negate(operand: Evaluate): Evaluate {
  return (frame) => !truthy(operand(frame));
}

function logic(left: Evaluate, right: Evaluate, stopAt: boolean): Evaluate {
  return (frame) => {
    const value = left(frame);
    return truthy(value) === stopAt ? value : right(frame);
  };
}

function compileUnary(op: "-" | "+", operand: Evaluate, at: number): Evaluate {
  return (frame) => {
    const value = operand(frame);
    frame.at = at;
    return unary(op, value);
  };
}

function compileItems(kind: "list" | "tuple", items: Evaluate[]): Evaluate {
  if (kind === "list") return (frame) => items.map((item) => item(frame));
  return (frame) => tuple(items.map((item) => item(frame)));
}

function compileDict(items: { key: Evaluate; value: Evaluate }[], at: number): Evaluate {
  return (frame) => {
    const dict = new PyDict();
    for (const { key, value } of items) {
      const name = key(frame);
      const content = value(frame);
      frame.at = at;
      dict.set(name, content);
    }
    return dict;
  };
}

function compileCondition(node: Condition, scope: Scope): Evaluate {
  const soft = { ...scope, soft: true };
  const test = compileExpression(node.test, soft);
  const then = compileExpression(node.then, soft);
  if (node.otherwise !== undefined) {
    const otherwise = compileExpression(node.otherwise, soft);
    return (frame) => (truthy(test(frame)) ? then(frame) : otherwise(frame));
  }
  const { at } = node;
  return (frame) => {
    if (truthy(test(frame))) return then(frame);
    const { line } = frame.render.text.place(at);
    return new Undefined({
      hint: `the inline if-expression on line ${line} evaluated to false and no else section was defined.`,
    });
  };
}

/** A filter or test; `block` gives the text of a filter block. */
export function compileFilter(node: Filter | Test, scope: Scope, block?: Evaluate): Evaluate {
  const compile = (child: Expression): Evaluate => compileExpression(child, scope);
  const found = (node.kind === "filter" ? scope.unit.environment.filters : scope.unit.environment.tests).get(node.name);
  if (found === undefined && !scope.soft)
    throw new TemplateSyntaxError(`No ${node.kind} named '${node.name}'.`, node.at, "TemplateAssertionError");
  const value = node.kind === "filter" ? filterInput(node, scope, block) : compile(node.node);
  const { args, kwargs } = compileArguments(node.call, compile);
  const { at, kind, name } = node;
  const run = found ?? ((): Value => raise("TemplateRuntimeError", `No ${kind} named '${name}' found.`));
  return (frame) => {
    const input = value(frame);
    const positional = args(frame);
    const named = kwargs(frame);
    frame.at = at;
    return run(frame.render, input, positional, named);
  };
}

function filterInput(node: Filter, scope: Scope, block: Evaluate | undefined): Evaluate {
  if (node.node === undefined) return block ?? constant("");
  // In a chain of a filter block only the innermost filter has no input of its own.
  return node.node.kind === "filter" ? compileFilter(node.node, scope, block) : compileExpression(node.node, scope);
}

function compileGetAttribute(object: Evaluate, name: string, at: number): Evaluate {
  return (frame) => {
    const value = chaining(frame, object(frame));
    frame.at = at;
    return chaining(frame, getAttribute(value, name));
  };
}

function compileGetItem(node: GetItem, compile: (child: Expression) => Evaluate): Evaluate {
  const object = compile(node.node);
  const { at, key } = node;
  if (key.kind === "slice") {
    const [start, stop, step] = [key.start, key.stop, key.step].map((part) =>
      part === undefined ? constant(null) : compile(part),
    );
    return (frame) => {
      const value = object(frame);
      const from = start?.(frame) ?? null;
      const to = stop?.(frame) ?? null;
      const by = step?.(frame) ?? null;
      frame.at = at;
      return slice(value, from, to, by);
    };
  }
  const index = compile(key);
  return (frame) => {
    const value = chaining(frame, object(frame));
    const item = index(frame);
    frame.at = at;
    return chaining(frame, getItem(value, item, pyRepr));
  };
}

function compileConcat(items: Evaluate[], at: number): Evaluate {
  return (frame) => {
    let text = "";
    for (const item of items) {
      const value = item(frame);
      frame.at = at;
      text += pyStr(value);
    }
    reserve(text.length);
    return text;
  };
}

function compareOnce(op: CompareOperator, left: Value, right: Value): boolean {
  switch (op) {
    case "==":
      return pyEquals(left, right);
    case "!=":
      return !pyEquals(left, right);
    case "in":
      return contains(right, left);
    case "not in":
      return !contains(right, left);
    default:
      return compare(op, left, right);
  }
}

function compileComparison(node: Comparison, compile: (child: Expression) => Evaluate): Evaluate {
  const first = compile(node.first);
  const rest = node.rest.map(({ op, value, at }) => ({ op, value: compile(value), at }));
  return (frame) => {
    let left = first(frame);
    for (const { op, value, at } of rest) {
      const right = value(frame);
      frame.at = at;
      if (!compareOnce(op, left, right)) return false;
      left = right;
    }
    return true;
  };
}

function compileBinary(node: BinaryOperation, compile: (child: Expression) => Evaluate): Evaluate {
  const left = compile(node.left);
  const right = compile(node.right);
  const { at, op } = node;
  const run =
    op === "+" ? add : op === "-" ? subtract : op === "*" ? multiply : (a: Value, b: Value): Value => binary(op, a, b);
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    frame.at = at;
    return run(a, b);
  };
}
