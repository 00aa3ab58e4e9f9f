import { describe, expect, it } from "vitest";
import { renderTemplate } from "../../../src/entry/jinja.ts";
import { compileTemplate } from "../../../src/jinja/template.ts";
import { pythonModules } from "../../../src/jinja/stdlib/modules.ts";
import { JinjaError, PyDict, PyObject, type Value } from "../../../src/jinja/values.ts";

/** An object of the host with secrets in properties, getters and methods. */
class HostObject extends PyObject {
  override readonly pyType = "HostObject";
  readonly secret = "SECRET";

  get password(): string {
    return "SECRET";
  }

  leak(): string {
    return "SECRET";
  }

  override getAttribute(name: string): Value | undefined {
    return name === "open" ? "fine" : undefined;
  }
}

const values: Record<string, Value> = {
  o: new HostObject(),
  f: function named() {
    return "called";
  },
  s: "text",
  l: [1, 2],
  d: PyDict.from({ a: 1 }),
  modules: pythonModules(() => undefined),
};

function attempt(template: string): string {
  try {
    return compileTemplate(template, { path: "t.sql" }).render({
      lookup: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    });
  } catch (error) {
    if (error instanceof JinjaError) return `${error.pythonType}: ${error.message}`;
    throw error;
  }
}

const TARGETS = [
  "o",
  "f",
  "s",
  "l",
  "d",
  "1",
  "1.5",
  "none",
  "true",
  "(1, 2)",
  "range",
  "dict",
  "namespace()",
  "cycler",
  "lipsum",
  "missing",
  "s.upper",
  "modules.datetime.date",
  "l|map('upper')",
  "d.items()",
];
const NAMES = [
  "constructor",
  "prototype",
  "__proto__",
  "__defineGetter__",
  "__lookupGetter__",
  "hasOwnProperty",
  "toString",
  "valueOf",
  "then",
  "call",
  "apply",
  "bind",
  "length",
  "secret",
  "password",
  "leak",
  "getAttribute",
  "iterate",
  "pyType",
  "caller",
  "arguments",
  "__class__",
  "__mro__",
  "__subclasses__",
  "__globals__",
  "__init__",
  "__builtins__",
  "__dict__",
  "func_globals",
  "gi_frame",
  "mro",
  "_origin",
  "#origin",
  "Symbol",
  "process",
];
const SHAPES: readonly ((target: string, name: string) => string)[] = [
  (target, name) => (/^\w+$/.test(name) ? `{{ (${target}).${name} }}` : "{{ '' }}"),
  (target, name) => `{{ (${target})['${name}'] }}`,
  (target, name) => `{{ (${target})|attr('${name}') }}`,
  (target, name) => `{{ [${target}]|map(attribute='${name}')|list }}`,
  (target, name) => `{{ [${target}]|selectattr('${name}')|list|length }}`,
  (target, name) => `{{ '{0.${name}}'.format(${target}) }}`,
  (target, name) => `{{ '{0[${name}]}'.format(${target}) }}`,
  (target, name) => `{{ '{x.${name}}'.format_map({'x': ${target}}) }}`,
  (target, name) => `{{ (${target})['${name}']('return process')() }}`,
  (_target, name) =>
    `{% set ns = namespace() %}{% set ns.${/^\w+$/.test(name) ? name : "x"} = 1 %}{{ ns['constructor'] }}`,
];

describe("no template reaches the host", () => {
  it.each(TARGETS)("through %s", (target) => {
    for (const name of NAMES) {
      for (const shape of SHAPES) {
        const result = attempt(shape(target, name));
        expect(result, shape(target, name)).not.toMatch(
          /SECRET|\[native code\]|\[object |function \(|=>|Object\.prototype/,
        );
      }
    }
  });

  it("finds no name of JavaScript", () => {
    for (const name of [
      "process",
      "globalThis",
      "require",
      "constructor",
      "Object",
      "Function",
      "this",
      "self",
      "window",
      "module",
      "__proto__",
      "eval",
      "hasOwnProperty",
    ]) {
      expect(attempt(`{{ ${name} is defined }}`)).toBe("False");
    }
  });

  it("treats __proto__ and constructor as keys like any other", () => {
    expect(
      attempt("{% set d = {'__proto__': 1, 'constructor': 2} %}{{ d }}{{ d['__proto__'] }}{{ d.constructor }}"),
    ).toBe("{'__proto__': 1, 'constructor': 2}12");
    expect(
      attempt("{% set d = {} %}{% do d.update({'__proto__': {'x': 1}}) %}{{ d.x is defined }}{{ {}.x is defined }}"),
    ).toBe("FalseFalse");
    expect(attempt("{{ dict(**{'__proto__': 5}) }}")).toBe("{'__proto__': 5}");
    expect(attempt("{% macro m() %}{{ kwargs }}{% endmacro %}{{ m(**{'__proto__': 5, 'constructor': 6}) }}")).toBe(
      "{'__proto__': 5, 'constructor': 6}",
    );
  });

  it("gives back plain data whose prototype no key has changed", () => {
    const result = renderTemplate(
      "{{ d }}",
      { d: JSON.parse('{"__proto__": {"polluted": true}}') as unknown },
      { native: true },
    ) as object;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("never waits for a thenable", () => {
    expect(renderTemplate("{{ d.then }}", { d: { then: "x" } })).toBe("x");
  });

  it("calls host functions with values only", () => {
    const seen: unknown[] = [];
    renderTemplate("{{ f(1, 'a', k=[1]) }}", { f: (args: unknown[], kwargs: unknown) => void seen.push(args, kwargs) });
    expect(seen).toEqual([[1, "a"], { k: [1] }]);
  });

  it("names internal attributes unsafe", () => {
    expect(attempt("{{ s.__class__.__mro__ }}")).toBe(
      "SecurityError: access to attribute '__class__' of 'str' object is unsafe.",
    );
  });
});
