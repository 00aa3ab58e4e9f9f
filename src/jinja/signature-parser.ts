import type { Expression, Macro, Parameter } from "./ast.ts";
import type { ExpressionParser } from "./expression-parser.ts";

/** What a macro-like tag says before its body. */
export interface MacroTag {
  /** As dbt names it: X, test_X, materialization_X_adapter. */
  readonly name: string;
  readonly params: Parameter[];
}

/** Parses what follows the tag word of macro, test, data_test, materialization and docs. */
export function parseMacroTag(tag: Macro["tag"], parser: ExpressionParser, text: string): MacroTag {
  const token = parser.stream.expect("name");
  const name = token.value as string;
  switch (tag) {
    case "macro":
      return { name, params: parseSignature(parser, text) };
    case "test":
    case "data_test":
      return { name: `test_${name}`, params: parseSignature(parser, text) };
    case "docs":
      return { name, params: [] };
    case "materialization":
      return parseMaterialization(name, parser, text);
  }
}

/** Parses `(a, b: str = none)`: types are dbt's, and only their form is checked. */
export function parseSignature(parser: ExpressionParser, text: string): Parameter[] {
  const { stream } = parser;
  const params: Parameter[] = [];
  stream.expect("(");
  while (stream.current.type !== ")") {
    if (params.length > 0) stream.expect(",");
    const token = stream.expect("name");
    const type = stream.skip(":") ? parseType(parser, text) : null;
    const value = stream.skip("=") ? parseDefault(parser, text) : undefined;
    if (value === undefined && params.at(-1)?.defaultValue !== undefined)
      parser.fail("non-default argument follows default argument");
    const defaultText = value === undefined ? null : value.text;
    params.push({ name: token.value as string, type, defaultValue: value?.expression, defaultText });
  }
  stream.expect(")");
  return params;
}

function parseType(parser: ExpressionParser, text: string): string {
  const start = parser.stream.current.at;
  skipType(parser);
  return text.slice(start, parser.stream.previous().end);
}

function skipType(parser: ExpressionParser): void {
  const { stream } = parser;
  stream.expect("name");
  if (!stream.skip("[")) return;
  for (let first = true; stream.current.type !== "]"; first = false) {
    if (!first) stream.expect(",");
    skipType(parser);
  }
  stream.expect("]");
}

function parseDefault(parser: ExpressionParser, text: string): { expression: Expression; text: string } {
  const start = parser.stream.current.at;
  const expression = parser.parseExpression();
  return { expression, text: text.slice(start, parser.stream.previous().end) };
}

function parseMaterialization(name: string, parser: ExpressionParser, text: string): MacroTag {
  let adapter = "default";
  let languages: Parameter | undefined;
  while (parser.stream.skip(",")) {
    const token = parser.stream.expect("name");
    const key = token.value as string;
    if (key === "default") continue;
    if (key !== "adapter" && key !== "supported_languages") {
      parser.fail(`materialization '${name}' received unknown argument '${key}'.`, token.at, "MaterializationArgError");
    }
    parser.stream.expect("=");
    const { expression, text: source } = parseDefault(parser, text);
    if (key === "supported_languages")
      languages = { name: key, type: null, defaultValue: expression, defaultText: source };
    else if (expression.kind === "const" && typeof expression.value === "string") adapter = expression.value;
  }
  languages ??= { name: "supported_languages", type: null, defaultValue: SQL_ONLY, defaultText: "['sql']" };
  return { name: `materialization_${name}_${adapter}`, params: [languages] };
}

const SQL_ONLY: Expression = { kind: "list", items: [{ kind: "const", value: "sql", at: 0 }], at: 0 };
