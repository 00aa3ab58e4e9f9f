import { expect, test } from "vitest";
import { isWidening, nestedChanges, valueByName } from "./nested-types.ts";

test("fields are added, removed and retyped by name, at any depth", () => {
  const source = "row(b varchar, a bigint, i row(z integer, y timestamp(6) with time zone))";
  const target = "row(a integer, gone date, i row(z integer))";
  expect(nestedChanges("r", source, target)).toEqual({
    added: [
      { place: '"r"."b"', type: "varchar" },
      { place: '"r"."i"."y"', type: "timestamp(6) with time zone" },
    ],
    removed: [{ place: '"r"."gone"' }],
    retyped: [{ place: '"r"."a"', type: "bigint" }],
  });
});

test("also inside arrays and the values of maps", () => {
  expect(nestedChanges("l", "array(row(k integer, j row(x date)))", "array(row(k integer))").added).toEqual([
    { place: '"l".element."j"', type: 'row("x" date)' },
  ]);
  expect(nestedChanges("m", "map(varchar, row(k bigint))", "map(varchar, row(k integer))").retyped).toEqual([
    { place: '"m".value."k"', type: "bigint" },
  ]);
  expect(nestedChanges("m", "map(bigint, date)", "map(integer, date)").retyped).toEqual([
    { place: '"m"', type: "map(bigint, date)" },
  ]);
});

test("a name may have blanks, commas are no borders inside decimals, and order is no change", () => {
  expect(nestedChanges("r", "row(q q decimal(10,2), date date)", "row(date date)").added).toEqual([
    { place: '"r"."q q"', type: "decimal(10,2)" },
  ]);
  expect(nestedChanges("r", "row(a integer, b date)", "row(b date, A integer)")).toEqual({
    added: [],
    removed: [],
    retyped: [],
  });
});

test.each([
  ["row(a integer, b integer)", "row(a integer, b bigint)", null],
  [
    "row(b integer, a integer)",
    "row(a integer, b integer)",
    'if(c is null, null, cast(row(c."a", c."b") as row("a" integer, "b" integer)))',
  ],
  [
    "row(a integer)",
    "row(a integer, b date)",
    'if(c is null, null, cast(row(c."a", null) as row("a" integer, "b" date)))',
  ],
  [
    "array(row(k integer))",
    "array(row(j date, k integer))",
    'transform(c, x0 -> if(x0 is null, null, cast(row(null, x0."k") as row("j" date, "k" integer))))',
  ],
  [
    "map(varchar, array(row(k integer)))",
    "map(varchar, array(row(j date, k integer)))",
    'transform_values(c, (k0, x0) -> transform(x0, x1 -> if(x1 is null, null, cast(row(null, x1."k") as row("j" date, "k" integer)))))',
  ],
  ["integer", "bigint", null],
])("%s as %s", (source, target, expected) => {
  expect(valueByName("c", source, target)).toBe(expected);
});

test("what Iceberg widens in place", () => {
  expect(isWidening("integer", "bigint")).toBe(true);
  expect(isWidening("real", "double")).toBe(true);
  expect(isWidening("decimal(5,2)", "decimal(9,2)")).toBe(true);
  for (const [from, to] of [
    ["bigint", "integer"],
    ["decimal(5,2)", "decimal(9,3)"],
    ["decimal(9,2)", "decimal(5,2)"],
    ["integer", "varchar"],
  ] as const)
    expect(isWidening(from, to), `${from} ${to}`).toBe(false);
});
