import type { Arguments, CompareOperator, Expression } from "./ast.ts";
import { normalizeSource } from "./lexer.ts";
import type { BinaryOperator } from "./objects.ts";
import { Parser } from "./parser.ts";
import { pyRepr } from "./values.ts";
import { walkStatements } from "./walk.ts";

/**
 * The keywords of a template's first `config()` call as they are written. dbt keeps them in the form in which Python
 * prints Jinja's nodes, and compares states by it, so that a state of dbt and one of ours have to say the same.
 */
export function unrenderedConfig(source: string): Readonly<Record<string, string>> {
  if (!source.includes("config(")) return {};
  let first: Arguments | null = null;
  const visit = (node: Expression): void => {
    if (first === null && node.kind === "call" && node.node.kind === "name" && node.node.name === "config")
      first = node.call;
  };
  walkStatements(new Parser(normalizeSource(source)).parse(), { expression: visit });
  const call = first as Arguments | null;
  return Object.fromEntries((call?.kwargs ?? []).map((kwarg) => [kwarg.name, keyword(kwarg)]));
}

const BINARY: Partial<Record<BinaryOperator, string>> = {
  "+": "Add",
  "-": "Sub",
  "*": "Mul",
  "/": "Div",
  "//": "FloorDiv",
  "%": "Mod",
  "**": "Pow",
};
const COMPARE: Readonly<Record<CompareOperator, string>> = {
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "lteq",
  ">": "gt",
  ">=": "gteq",
  in: "in",
  "not in": "notin",
};
const UNARY = { not: "Not", negative: "Neg", positive: "Pos" } as const;

type Field = readonly [name: string, text: string];

function shown(type: string, ...fields: readonly Field[]): string {
  return `${type}(${fields.map(([name, text]) => `${name}=${text}`).join(", ")})`;
}

function list(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

const LOAD: Field = ["ctx", "'load'"];

function keyword({ name, value }: { readonly name: string; readonly value: Expression }): string {
  return shown("Keyword", ["key", pyRepr(name)], ["value", print(value)]);
}

function argumentFields({ args, kwargs, dynArgs, dynKwargs }: Arguments): Field[] {
  return [
    ["args", list(args.map(print))],
    ["kwargs", list(kwargs.map(keyword))],
    ["dyn_args", print(dynArgs)],
    ["dyn_kwargs", print(dynKwargs)],
  ];
}

function print(node: Expression | undefined): string {
  if (node === undefined) return "None";
  switch (node.kind) {
    case "const":
      return shown("Const", ["value", pyRepr(node.value)]);
    case "name":
      return shown("Name", ["name", pyRepr(node.name)], LOAD);
    case "list":
      return shown("List", ["items", list(node.items.map(print))]);
    case "tuple":
      return shown("Tuple", ["items", list(node.items.map(print))], LOAD);
    case "dict": {
      const pairs = node.items.map(({ key, value }) => shown("Pair", ["key", print(key)], ["value", print(value)]));
      return shown("Dict", ["items", list(pairs)]);
    }
    case "call":
      return shown("Call", ["node", print(node.node)], ...argumentFields(node.call));
    case "filter":
    case "test": {
      const type = node.kind === "filter" ? "Filter" : "Test";
      return shown(type, ["node", print(node.node)], ["name", pyRepr(node.name)], ...argumentFields(node.call));
    }
    case "getattr":
      return shown("Getattr", ["node", print(node.node)], ["attr", pyRepr(node.name)], LOAD);
    case "getitem":
      return shown("Getitem", ["node", print(node.node)], ["arg", print(node.key)], LOAD);
    default:
      return printOperation(node);
  }
}

function printOperation(node: Expression): string {
  switch (node.kind) {
    case "slice":
      return shown("Slice", ["start", print(node.start)], ["stop", print(node.stop)], ["step", print(node.step)]);
    case "condition":
      return shown(
        "CondExpr",
        ["test", print(node.test)],
        ["expr1", print(node.then)],
        ["expr2", print(node.otherwise)],
      );
    case "concat":
      return shown("Concat", ["nodes", list(node.items.map(print))]);
    case "compare": {
      const rest = node.rest.map(({ op, value }) =>
        shown("Operand", ["op", pyRepr(COMPARE[op])], ["expr", print(value)]),
      );
      return shown("Compare", ["expr", print(node.first)], ["ops", list(rest)]);
    }
    case "binary":
      return shown(BINARY[node.op] ?? node.op, ["left", print(node.left)], ["right", print(node.right)]);
    case "and":
    case "or":
      return shown(node.kind === "and" ? "And" : "Or", ["left", print(node.left)], ["right", print(node.right)]);
    case "not":
    case "negative":
    case "positive":
      return shown(UNARY[node.kind], ["node", print(node.node)]);
    default:
      throw new Error(`bug: ${node.kind} is no argument of a call`);
  }
}
