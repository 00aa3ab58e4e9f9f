import { expect, test } from "vitest";
import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { PyFloat, type Value } from "../jinja/values.ts";
import type { TypeWords } from "../contracts/engine.ts";
import { AgateTable } from "./agate.ts";
import { columnType } from "./column-types.ts";

const words = {
  seed: { integer: "integer", bigint: "bigint", fraction: "float8" },
} as unknown as TypeWords;

const typeOf = (...cells: Value[]): Value => columnType(new AgateTable(["a"], [cells], ["Number"]), 0, words);
const decimals = (...texts: string[]): Value[] => texts.map((text) => PyDecimal.parse(text));

test("a column of numbers has a fraction where a value has one, not where one was written", () => {
  expect(typeOf(null, ...decimals("27.0", "5.00", "-3", "0.0"))).toBe("integer");
  expect(typeOf(...decimals("27.0", "5.50"))).toBe("float8");
  expect(typeOf(...decimals("1e-5"))).toBe("float8");
  expect(typeOf(...decimals("1e3"))).toBe("integer");
  expect(typeOf(new PyFloat(27), null)).toBe("integer");
  expect(typeOf(new PyFloat(27.5))).toBe("float8");
});

test("whole numbers beyond 32 bits are bigint, also with a zero behind the point", () => {
  expect(typeOf(...decimals("3000000000"))).toBe("bigint");
  expect(typeOf(...decimals("3000000000.0", "1"))).toBe("bigint");
});
