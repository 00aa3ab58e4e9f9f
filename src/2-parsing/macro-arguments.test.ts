import { expect, test } from "vitest";
import type { MacroNode } from "../contracts/manifest.ts";
import { fillMacroArguments, isType, macroArgumentWarnings } from "./macro-arguments.ts";

const macro = (source: string): MacroNode => ({ name: "m", macro_sql: source, arguments: [] }) as unknown as MacroNode;
const argument = (name: string, type: string | null = null): MacroNode["arguments"][number] => ({
  name,
  type,
  description: "",
});

test.each([
  ["string", true],
  ["list[int]", true],
  ["dict[ str, list[ optional[relation] ] ]", true],
  ["list", false],
  ["list[int", false],
  ["list[int]]", false],
  ["dict[str]", false],
  ["constructor", false],
  ["strings", false],
  ["", false],
])("is %s a type: %s", (text, expected) => {
  expect(isType(text)).toBe(expected);
});

test("arguments are those of the signature, of tests and materializations too", () => {
  const macros = {
    a: macro("{% macro m(a, b: str = 'x', c=[1, 2]) %}{% macro inner(z) %}{% endmacro %}{% endmacro %}"),
    b: macro("{% test t(model, column_name) %}{% endtest %}"),
    c: macro("{% materialization m, default %}{% endmaterialization %}"),
  };
  fillMacroArguments(Object.values(macros));
  const names = Object.values(macros).map((filled) => filled.arguments.map(({ name }) => name));
  expect(names).toEqual([["a", "b", "c"], ["model", "column_name"], ["supported_languages"]]);
});

test("warns of names, number and types, and of nothing where nothing is documented", () => {
  const [filled] = [macro("{% macro m(a, b) %}{% endmacro %}")];
  fillMacroArguments([filled]);
  const messages = (documented: MacroNode["arguments"]): string[] =>
    macroArgumentWarnings(filled, documented).map(({ message }) => message);
  expect(messages([])).toEqual([]);
  expect(messages([argument("a", "string"), argument("b")])).toEqual([]);
  expect(messages([argument("c", "tex[t"), argument("b"), argument("d")])).toEqual([
    "Argument c in yaml for macro m does not match the jinja definition.",
    "The number of arguments in the yaml for macro m does not match the jinja definition.",
    "Argument c in the yaml for macro m has an invalid type.",
  ]);
});
