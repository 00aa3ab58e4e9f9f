import { describe, expect, it } from "vitest";
import { PyDecimal } from "../../../src/jinja/stdlib/decimal.ts";
import { compileTemplate } from "../../../src/jinja/template.ts";

const values = {
  a: PyDecimal.parse("1234.50"),
  b: PyDecimal.parse("3"),
  c: PyDecimal.parse("1E+3"),
  z: PyDecimal.parse("0.00"),
};

function render(expression: string): string {
  return compileTemplate(`{{ ${expression} }}`, { path: "t" }).render({
    lookup: (name) => values[name as keyof typeof values],
  });
}

describe("PyDecimal: as Python's decimal.Decimal", () => {
  it.each([
    ["a", "1234.50"],
    ["[a]", "[Decimal('1234.50')]"],
    ["c", "1E+3"],
    ["a + b", "1237.50"],
    ["a - 1", "1233.50"],
    ["2 * a", "2469.00"],
    ["a / b", "411.50"],
    ["b / a", "0.002430133657351154313487241798"],
    ["a // b", "411"],
    ["a % b", "1.50"],
    ["b ** 3", "27"],
    ["-a", "-1234.50"],
    ["a == 1234.5", "True"],
    ["b == 3", "True"],
    ["{3: 'x'}[b]", "x"],
    ["a > b", "True"],
    ["[a, b]|max", "1234.50"],
    ["a|int", "1234"],
    ["a|float", "1234.5"],
    ["a|round(1)", "1234.5"],
    ["(-a)|abs", "1234.50"],
    ["'{:,.1f}'.format(a)", "1,234.5"],
    ["'%.1f|%d|%s' % (a, a, a)", "1234.5|1234|1234.50"],
    ["z or 'zero'", "zero"],
    ["[a, b]|sum", "1237.50"],
  ])("%s = %s", (expression, expected) => expect(render(expression)).toBe(expected));

  it("refuses floats, as Python does", () => {
    expect(() => render("a + 1.5")).toThrow("unsupported operand type(s) for +: 'decimal.Decimal' and 'float'");
    expect(() => render("a / 0")).toThrow("DivisionByZero");
  });
});
