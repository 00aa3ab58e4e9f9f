import type { Expression } from "./ast.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { Lexer } from "./lexer.ts";
import { unary, binary } from "./arithmetic.ts";
import { PyDict, PyFloat, PySet, tuple, type Value } from "./values.ts";

/** ast.literal_eval(); undefined where the text is no Python literal. */
export function parseLiteral(text: string): Value | undefined {
  try {
    return parse(text.replace(/^[ \t]+/, ""));
  } catch {
    return undefined;
  }
}

function parse(text: string): Value {
  // Jinja's expressions also know lower-case constants; Python does not.
  const tokens = new Lexer(`{{ ${text}\n}}`).run();
  const wrong = tokens.some(
    (token) => token.type === "name" && !["True", "False", "None", "set"].includes(token.value as string),
  );
  if (wrong || text.trim() === "" || text.includes("}}")) throw new Error("not a literal");
  const parser = new ExpressionParser(tokens);
  parser.stream.expect("variable_begin");
  const node = parser.parseTuple();
  parser.stream.expect("variable_end");
  if (parser.stream.current.type !== "eof") throw new Error("not a literal");
  return evaluate(node);
}

function evaluate(node: Expression): Value {
  switch (node.kind) {
    case "const":
      return node.value;
    case "list":
      return node.items.map(evaluate);
    case "tuple":
      return tuple(node.items.map(evaluate));
    case "dict":
      return PyDict.fromEntries(node.items.map(({ key, value }) => [evaluate(key), evaluate(value)] as const));
    case "negative":
    case "positive":
      return unary(node.kind === "negative" ? "-" : "+", number(evaluate(node.node)));
    case "binary":
      if (node.op === "+" || node.op === "-")
        return binary(node.op, number(evaluate(node.left)), number(evaluate(node.right)));
      break;
    case "call":
      if (node.node.kind === "name" && node.node.name === "set" && node.call.args.length === 0) return new PySet();
      break;
    default:
  }
  throw new Error("not a literal");
}

function number(value: Value): Value {
  if (typeof value === "number" || typeof value === "bigint" || value instanceof PyFloat) return value;
  throw new Error("not a number");
}
