import { describe, expect, it } from "vitest";
import { pythonModules } from "../../../src/jinja/stdlib/modules.ts";
import { JinjaError, renderTemplate } from "../../../src/entry/jinja.ts";

function errorOf(template: string, limits = {}, macros: string[] = [], context = {}): string {
  try {
    renderTemplate(template, context, { limits, macros });
    return "no error";
  } catch (error) {
    if (error instanceof JinjaError) return error.pythonType;
    throw error;
  }
}

describe("a runaway template ends with an error", () => {
  it.each([
    ["{{ range(10**12)|list }}", "OverflowError"],
    ["{{ 'x' * 10**10 }}", "MemoryError"],
    ["{{ [1] * 10**10 }}", "MemoryError"],
    ["{{ 10 ** (10 ** 10) }}", "MemoryError"],
    ["{{ lipsum(n=10**9) }}", "MemoryError"],
    ["{{ 'a'.center(10**9) }}", "MemoryError"],
    ["{{ 'a'|center(10**9) }}", "MemoryError"],
    ["{{ 'a'.ljust(10**9) }}{{ 'a'.zfill(10**9) }}", "MemoryError"],
    ["{{ '%1000000000d' % 1 }}", "MemoryError"],
    ["{{ '%.1000000000f' % 1 }}", "MemoryError"],
    ["{{ '{:1000000000}'.format(1) }}", "MemoryError"],
    ["{{ '{:.1000000000f}'.format(1.5) }}", "MemoryError"],
    ["{{ 'a\nb'|indent(10**9) }}", "MemoryError"],
    ["{{ 'a\tb'.expandtabs(10**9) }}", "MemoryError"],
    ["{{ ('a' * 10**6).replace('a', 'b' * 1000) }}", "MemoryError"],
    ["{{ ('a,' * 10**6).split(',')|join('x' * 1000) }}", "MemoryError"],
    ["{{ [1]|batch(10**9, 0)|list }}", "MemoryError"],
    ["{{ [1]|slice(10**9)|list }}", "RuntimeError"],
    [
      "{% set x = 'a' %}{% for i in range(60) %}{% set x = 'b' %}{% endfor %}{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      "MemoryError",
    ],
    [
      "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
      "RuntimeError",
    ],
    [
      "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(60) %}{% set a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l == b.l }}",
      "RuntimeError",
    ],
    ["{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "RuntimeError"],
    ["{% set l = [1] %}{% for i in l %}{% do l.append(1) %}{% endfor %}", "RuntimeError"],
    [
      "{% for i in range(100000) %}{% for j in range(10000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
      "MemoryError",
    ],
    ["{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "RecursionError"],
    ["{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}", "RecursionError"],
    [
      "{% set ns = namespace(l=[]) %}{% for i in range(50000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
      "RecursionError",
    ],
    ["{% set l = [] %}{% for i in range(1000) %}{% do l.append('y' * 60000000) %}{% endfor %}", "MemoryError"],
    [`{{ ${"(".repeat(50_000)}1${")".repeat(50_000)} }}`, "RecursionError"],
    [`{{ ${"-".repeat(100_000)}1 }}`, "RecursionError"],
  ])("%s", { timeout: 60_000 }, (template, type) => {
    expect(errorOf(template)).toBe(type);
  });

  it("counts macros of macro files, too", () => {
    expect(
      errorOf("{{ a() }}", {}, ["{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}"]),
    ).toBe("RecursionError");
  });

  it.each(["modules.re.match", "modules.re.search", "modules.re.findall", "modules.re.fullmatch"])(
    "stops %s that would take for ever",
    (call) => {
      const context = { modules: pythonModules(() => undefined) };
      const hard = `{{ ${call}('(a+)+$', 'a' * 60 ~ 'b') }}`;
      const started = performance.now();
      expect(errorOf(hard, { matching: 100 }, [], context)).toBe("RuntimeError");
      expect(performance.now() - started).toBeLessThan(5000);
    },
  );

  it("still finds what patterns of that kind match", () => {
    const text = "abab".repeat(30);
    const rendered = renderTemplate(
      "{{ modules.re.sub('(?:a|b)+?', 'x', t) }} {{ modules.re.findall('(a|b)(a|b)+', t)|length }}",
      { t: text, modules: pythonModules(() => undefined) },
    );
    expect(rendered).toBe(`${"x".repeat(120)} 1`);
  });

  it("takes other limits", () => {
    expect(errorOf("{% for i in range(20) %}{% endfor %}", { steps: 10 })).toBe("RuntimeError");
    expect(errorOf("{{ 'abcdef' }}{{ 'abcdef' }}", { output: 10 })).toBe("MemoryError");
    expect(errorOf("{% macro m(n) %}{{ m(n - 1) if n }}{% endmacro %}{{ m(20) }}", { depth: 10 })).toBe(
      "RecursionError",
    );
    expect(errorOf("{% macro m(n) %}{{ m(n - 1) if n }}{% endmacro %}{{ m(150) }}")).toBe("no error");
  });
});
