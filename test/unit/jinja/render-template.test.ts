import { describe, expect, it } from "vitest";
import { JinjaError, renderTemplate } from "../../../src/entry/jinja.ts";

describe("renderTemplate", () => {
  it("reads plain values: integers are ints, other numbers floats, markers name floats and tuples", () => {
    const context = {
      i: 1,
      f: 1.5,
      one: { __float__: 1 },
      t: { __tuple__: [1, "a"] },
      d: { a: [null, true] },
      big: 12345678901234567890n,
    };
    expect(renderTemplate("{{ i }} {{ f }} {{ one }} {{ t }} {{ d }} {{ big }}", context)).toBe(
      "1 1.5 1.0 (1, 'a') {'a': [None, True]} 12345678901234567890",
    );
  });

  it("gives native values back in the same form", () => {
    const context = { one: { __float__: 1 }, t: { __tuple__: [1] }, big: 12345678901234567890n };
    expect(renderTemplate("{{ [one, t, big, {'a': none}] }}", context, { native: true })).toEqual([
      { __float__: 1 },
      { __tuple__: [1] },
      12345678901234567890n,
      { a: null },
    ]);
    expect(renderTemplate("{{ 1 }}", {}, { native: true })).toBe("1");
  });

  it("puts macros of macro files in scope", () => {
    const macros = [
      "{% macro double(n) %}{{ return(n * 2) }}{% endmacro %}\n{% macro four() %}{{ return(double(2)) }}{% endmacro %}",
    ];
    expect(renderTemplate("{{ four() + 1 }}", {}, { macros })).toBe("5");
  });

  it("calls functions with arguments and keyword arguments", () => {
    const context = { add: ([a, b]: unknown[], { c }: Record<string, unknown>) => Number(a) + Number(b) + Number(c) };
    expect(renderTemplate("{{ add(1, 2, c=3) }}", context)).toBe("6");
  });

  it("throws errors with Python's name and the place", () => {
    const error: unknown = (() => {
      try {
        return renderTemplate("a\n{{ x.y.z }}", { x: {} }, { path: "q.sql" });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(JinjaError);
    expect(error).toMatchObject({
      pythonType: "UndefinedError",
      message: "'dict object' has no attribute 'y'",
      frames: [{ path: "q.sql", line: 2, column: 8 }],
    });
  });
});
