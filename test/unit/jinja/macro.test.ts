import { describe, expect, it } from "vitest";
import { compileMacro, returnFunction } from "../../../src/jinja/macro.ts";
import { compileTemplate, type RenderContext } from "../../../src/jinja/template.ts";
import { NO_KWARGS, PyFloat, type Value } from "../../../src/jinja/values.ts";

const origin = { path: "macros/m.sql" };

function context(values: Record<string, Value>): RenderContext {
  return { lookup: (name) => (name === "return" ? returnFunction : values[name]) };
}

describe("compileMacro", () => {
  it.each([
    ["{% macro a(x, y=1) %}{% endmacro %}", "a", "macro"],
    ["{%- macro a(x, y=1) -%}{%- endmacro -%}", "a", "macro"],
    ["{% test t(model) %}{% endtest %}", "test_t", "test"],
    ["{% data_test t(model) %}{% enddata_test %}", "test_t", "data_test"],
    ["{% materialization m, default %}{% endmaterialization %}", "materialization_m_default", "materialization"],
    [
      "{% materialization m, adapter='duckdb' %}{% endmaterialization %}",
      "materialization_m_duckdb",
      "materialization",
    ],
  ])("names %s as dbt does", (source, name, kind) => {
    expect(compileMacro(source, origin)).toMatchObject({ name, kind });
  });

  it("reads the signature without compiling the body", () => {
    const macro = compileMacro(
      "{% macro a(x, y: Optional[str] = none, z=['a', 'b']) %}{{ broken( }}{% endmacro %}",
      origin,
    );
    expect(macro.args).toEqual([
      { name: "x", type: null, default: null },
      { name: "y", type: "Optional[str]", default: "none" },
      { name: "z", type: null, default: "['a', 'b']" },
    ]);
    expect(() => macro.bind(context({}))([], NO_KWARGS)).toThrow(/unexpected|expected/);
  });

  it("knows the languages of a materialization", () => {
    const macro = compileMacro(
      "{% materialization m, default, supported_languages=['sql', 'python'] %}{{ supported_languages }}{% endmaterialization %}",
      origin,
    );
    expect(macro.supportedLanguages).toEqual(["sql", "python"]);
    expect(macro.bind(context({}))([], NO_KWARGS)).toBe("['sql', 'python']");
  });

  it("gives back what return() was given", () => {
    const macro = compileMacro("{% macro a(x) %}text{{ return([x, 1.5]) }}{% endmacro %}", origin);
    expect(macro.bind(context({}))([1], NO_KWARGS)).toEqual([1, new PyFloat(1.5)]);
  });

  it("returns from the macro whose wrapper is next, as dbt does", () => {
    const wrap = compileMacro("{% macro wrap() %}[{{ caller() }}]{% endmacro %}", origin).bind(context({}));
    const macro = compileMacro(
      "{% macro a() %}{% call wrap() %}{{ return('out') }}{% endcall %}never{% endmacro %}",
      origin,
    );
    expect(macro.bind(context({ wrap }))([], NO_KWARGS)).toBe("outnever");
  });

  it("looks names up late, so that macros may follow each other in any order", () => {
    const values: Record<string, Value> = {};
    const macro = compileMacro("{% macro a() %}{{ b() }}{% endmacro %}", origin).bind(context(values));
    values["b"] = () => "now";
    expect(macro([], NO_KWARGS)).toBe("now");
  });

  it("finds itself through the context, where a package may override it", () => {
    const macro = compileMacro("{% macro a(n) %}{{ a(n - 1) if n else 'own' }}{% endmacro %}", origin);
    expect(macro.bind(context({ a: () => "override" }))([1], NO_KWARGS)).toBe("override");
  });

  it("does not look up names in branches that do not run", () => {
    const asked: string[] = [];
    const template = compileTemplate("{% if execute %}{{ graph.nodes }}{% endif %}", { path: "m.sql" });
    template.render({
      lookup: (name) => {
        asked.push(name);
        return undefined;
      },
    });
    expect(asked).toEqual(["execute"]);
  });

  it("lets a call block give back a value, as long as nobody uses the text around it", () => {
    const table = compileMacro(
      "{% macro table() %}{% set sql = caller() %}{{ return([1]) }}{% endmacro %}",
      origin,
    ).bind(context({}));
    const run = (end: string): Value =>
      compileMacro(`{% macro a() %}{% call table() %}select 1{% endcall %}${end}{% endmacro %}`, origin).bind(
        context({ table }),
      )([], NO_KWARGS);
    expect(run("{{ return('fine') }}")).toBe("fine");
    expect(() => run("")).toThrow("sequence item 0: expected str instance, list found");
  });
});
