import { expect, test } from "vitest";
import { parseExactJson } from "./exact-json.ts";

test("integers keep every digit, everything else stays as it is", () => {
  const text = String.raw`{"data":[[9007199254740993,-12345678901234567890,1,1.5,1234567890123456.5,1.0E300,"9007199254740993 \"9007199254740993","\\"]]}`;
  expect(parseExactJson(text)).toEqual({
    data: [
      [
        "9007199254740993",
        "-12345678901234567890",
        1,
        1.5,
        1234567890123456.5,
        1e300,
        '9007199254740993 "9007199254740993',
        "\\",
      ],
    ],
  });
});

test("the digits of fractions and exponents are no integers", () => {
  const text =
    '{"progressPercentage":33.333333333333336,"tiny":-0.1234567890123456789,"large":1.2345678901234567E+300}';
  expect(parseExactJson(text)).toEqual(JSON.parse(text));
});
