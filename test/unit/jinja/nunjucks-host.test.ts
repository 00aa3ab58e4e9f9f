import { describe, expect, it } from "vitest";
import { NunjucksHost } from "../../../src/jinja/nunjucks-host.ts";
import { JinjaError, pyStr, type Value } from "../../../src/jinja/values.ts";

const files: Record<string, string> = {
  "a.sql": "{{ [1, 2]|map('string')|list }} {{ x }}\n",
  "filter.sql": "{{ 'a'|shout(2) }} {{ company }}",
  "bad.sql": "x\n{{ missing.x }}",
  // nunjucks itself runs on this one until the process dies.
  "abort.sql": "{{ (1, 2, 3)[1:] }}",
};

function host(): NunjucksHost {
  return new NunjucksHost((path) => files[path]);
}

const context = { lookup: (name: string): Value | undefined => (name === "x" ? "X" : undefined) };

describe("NunjucksHost", () => {
  it("renders by Jinja2's rules inside a nunjucks environment", () => {
    expect(host().render("a.sql", context)).toBe("['1', '2'] X");
    expect(host().render("abort.sql", context)).toBe("(2, 3)");
  });

  it("takes filters and globals from TypeScript", () => {
    const own = host()
      .addFilter("shout", ([value = null, times = 1]) => pyStr(value).toUpperCase() + "!".repeat(Number(times)))
      .addGlobal("company", "ACME");
    expect(own.render("filter.sql", context)).toBe("A!! ACME");
  });

  it("keeps our error, with its place, through nunjucks' own", () => {
    expect.assertions(2);
    try {
      host().render("bad.sql", context);
    } catch (error) {
      expect(error).toBeInstanceOf(JinjaError);
      expect((error as JinjaError).frames).toEqual([{ path: "bad.sql", line: 2, column: 12 }]);
    }
  });

  it("renders a template again, and another inside of it", () => {
    const own = host();
    const nested = {
      lookup: (name: string): Value | undefined => (name === "x" ? own.render("abort.sql", context) : undefined),
    };
    expect(own.render("a.sql", nested)).toBe("['1', '2'] (2, 3)");
    expect(own.render("a.sql", context)).toBe("['1', '2'] X");
  });

  it("says which template is missing", () => {
    expect(() => host().render("nope.sql", context)).toThrow(/nope.sql/);
  });
});
