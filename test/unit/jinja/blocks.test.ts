import { describe, expect, it } from "vitest";
import { extractBlocks } from "../../../src/jinja/blocks.ts";
import { JinjaError } from "../../../src/jinja/errors.ts";
import { staticCalls } from "../../../src/jinja/static-calls.ts";

const KINDS = ["macro", "test", "data_test", "materialization", "docs", "snapshot"];

describe("extractBlocks", () => {
  it("cuts a file into its blocks, with places", () => {
    const source = "-- head\n{% macro a(x='%}') -%}\n  A\n{%- endmacro %}\n  {% snapshot s %}select 1{% endsnapshot %}";
    const [macro, snapshot] = extractBlocks(source, "f.sql", KINDS);
    expect(macro).toMatchObject({
      kind: "macro",
      name: "a",
      header: "a(x='%}')",
      body: "\n  A\n",
      line: 2,
      column: 1,
      bodyLine: 2,
      bodyColumn: 23,
    });
    expect(macro?.source).toBe(source.slice(macro?.start, macro?.end));
    expect(snapshot).toMatchObject({
      kind: "snapshot",
      name: "s",
      header: "s",
      body: "select 1",
      line: 5,
      column: 3,
      bodyLine: 5,
      bodyColumn: 19,
    });
  });

  it("is not fooled by strings, comments and raw", () => {
    const source =
      "{# {% macro no() %} #}{% macro a() %}{{ '{% endmacro %}' }}{% raw %}{% endmacro %}{% endraw %}{# {% endmacro %} #}x{% endmacro %}";
    expect(extractBlocks(source, "f.sql", KINDS)).toHaveLength(1);
    expect(extractBlocks(source, "f.sql", KINDS)[0]?.source.endsWith("x{% endmacro %}")).toBe(true);
  });

  it("reads materialization headers and docs", () => {
    const [first, second] = extractBlocks(
      "{% materialization m, adapter='x' %}{% endmaterialization %}{% docs d %}text{% enddocs %}",
      "f.sql",
      KINDS,
    );
    expect(first).toMatchObject({ kind: "materialization", name: "m", header: "m, adapter='x'" });
    expect(second).toMatchObject({ kind: "docs", name: "d", body: "text" });
  });

  it("leaves kinds alone that were not asked for", () => {
    expect(extractBlocks("{% snapshot s %}x{% endsnapshot %}", "f.sql", ["macro"])).toEqual([]);
  });

  it.each([
    ["{% macro a() %}", 1, 1],
    ["\n {% macro a() %}{% macro b() %}{% endmacro %}", 2, 17],
    ["{% macro a() %}{% endtest %}{% endmacro %}", 1, 16],
    ["{% if x %}{% macro a() %}{% endmacro %}{% endif %}", 1, 11],
    ["{% macro a( %", 1, 1],
    ["{# open", 1, 1],
  ])("refuses %s with its place", (source, line, column) => {
    expect.assertions(2);
    try {
      extractBlocks(source, "f.sql", KINDS);
    } catch (error) {
      expect(error).toBeInstanceOf(JinjaError);
      expect((error as JinjaError).frames).toEqual([{ path: "f.sql", line, column }]);
    }
  });
});

describe("staticCalls", () => {
  it("lists calls by name, in macros, loops, defaults and arguments", () => {
    const calls = staticCalls(
      "{% macro a(x=b()) %}{% for i in c(d.e()) if f(i) %}{{ g.h(i)|map('k') }}{% endfor %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}",
      "m.sql",
    );
    expect(calls.map((call) => call.name)).toEqual(["b", "c", "d.e", "g.h", "f", "m", "n"]);
  });

  it("reads literal dispatches", () => {
    const calls = staticCalls(
      "{{ return(adapter.dispatch('x', 'y')(a)) }}\n{{ adapter.dispatch(macro_name='z', macro_namespace='w')() }}{{ adapter.dispatch('q')() }}{{ adapter.dispatch(v)() }}\n{{ adapter.dispatch('r', v) }}{{ adapter.dispatch('s', ['y']) }}{{ adapter.dispatch('t', macro_namespace=v) }}",
      "m.sql",
    );
    expect(calls.filter((call) => call.name === "adapter.dispatch")).toEqual([
      { name: "adapter.dispatch", line: 1, column: 11, dispatch: { macroName: "x", namespace: "y" } },
      { name: "adapter.dispatch", line: 2, column: 4, dispatch: { macroName: "z", namespace: "w" } },
      { name: "adapter.dispatch", line: 2, column: 65, dispatch: { macroName: "q", namespace: null } },
      { name: "adapter.dispatch", line: 2, column: 94 },
      { name: "adapter.dispatch", line: 3, column: 4, dispatch: { macroName: "r", namespace: null } },
      { name: "adapter.dispatch", line: 3, column: 34, dispatch: { macroName: "s", namespace: null } },
      { name: "adapter.dispatch", line: 3, column: 68 },
    ]);
  });
});
