import { describe, expect, it } from "vitest";
import { compileMacro } from "../../../src/jinja/macro.ts";
import { compileTemplate, type RenderContext } from "../../../src/jinja/template.ts";
import { JinjaError, type Value } from "../../../src/jinja/values.ts";

function caught(work: () => unknown): JinjaError {
  try {
    work();
  } catch (error) {
    if (error instanceof JinjaError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const inner = compileMacro("{% macro inner(v) %}\n  {{ v.a.b }}\n{% endmacro %}", {
  path: "macros/inner.sql",
  line: 3,
});
const outer = compileMacro("{% macro outer(v) %}{{ inner(v) }}{% endmacro %}", {
  path: "macros/outer.sql",
  line: 1,
  column: 5,
});

function context(values: Record<string, Value>): RenderContext {
  const scope: RenderContext = {
    lookup: (name) => (name === "inner" ? inner.bind(scope) : name === "outer" ? outer.bind(scope) : values[name]),
  };
  return scope;
}

describe("errors name every place they came through", () => {
  it("lists the macro chain, innermost first", () => {
    const error = caught(() =>
      compileTemplate("select\n  {{ outer(none) }}", { path: "models/m.sql" }).render(context({})),
    );
    expect(error.pythonType).toBe("UndefinedError");
    expect(error.message).toBe("'None' has no attribute 'a'");
    expect(error.frames).toEqual([
      { path: "macros/inner.sql", line: 4, column: 10, macro: "inner" },
      { path: "macros/outer.sql", line: 1, column: 28, macro: "outer" },
      { path: "models/m.sql", line: 2, column: 6 },
    ]);
  });

  it("keeps what a host function threw, and its Python type", () => {
    const failure = Object.assign(new Error("no such table"), { pythonType: "DbtDatabaseError" });
    const query = (): Value => {
      throw failure;
    };
    const error = caught(() => compileTemplate("{{ 1 }}\n{{ query() }}", { path: "m.sql" }).render(context({ query })));
    expect(error).toMatchObject({
      pythonType: "DbtDatabaseError",
      message: "no such table",
      cause: failure,
      frames: [{ path: "m.sql", line: 2, column: 4 }],
    });
  });

  it("calls other errors RuntimeError", () => {
    const query = (): Value => {
      throw new TypeError("oops");
    };
    expect(
      caught(() => compileTemplate("{{ query() }}", { path: "m.sql" }).render(context({ query }))).pythonType,
    ).toBe("RuntimeError");
  });

  it.each([
    ["{{ 1 +\n }}", 2, 2],
    ["{% if x %}\n", 1, 11],
    ["a\n\n  {% foo %}", 3, 6],
    ["{{ 'abc }}", 1, 4],
    ["x {# y", 1, 3],
    ["{% if x %}{{ 'a'\n|nope }}{% endif %}", 0, 0],
  ])("places a syntax error: %s", (source, line, column) => {
    if (line === 0) {
      expect(() => compileTemplate(source, { path: "m.sql" })).not.toThrow();
      return;
    }
    const error = caught(() => compileTemplate(source, { path: "m.sql", line: 10 }));
    expect(error.pythonType).toBe("TemplateSyntaxError");
    expect(error.frames).toEqual([{ path: "m.sql", line: line + 9, column }]);
  });

  it("counts lines of Windows files", () => {
    const error = caught(() => compileTemplate("a\r\nb\r\n{{ x.y }}", { path: "m.sql" }).render(context({})));
    expect(error.frames).toEqual([{ path: "m.sql", line: 3, column: 6 }]);
  });
});
