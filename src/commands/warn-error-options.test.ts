import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../contracts/diagnostic.ts";
import { readWarnErrorOptions } from "./warn-error-options.ts";

test.each([
  [{}, { error: [], warn: [], silence: [] }],
  [{ error: "all" }, { error: "all", warn: [], silence: [] }],
  [
    { include: "*", exclude: ["NothingToDo"] },
    { error: "*", warn: ["NothingToDo"], silence: [] },
  ],
  [
    { include: ["NothingToDo"], error: [] },
    { error: ["NothingToDo"], warn: [], silence: [] },
  ],
  [
    { error: null, silence: ["Deprecations"] },
    { error: [], warn: [], silence: ["Deprecations"] },
  ],
  [
    { error: ["Deprecations"], warn: ["CustomKeyInConfigDeprecation"] },
    { error: ["Deprecations"], warn: ["CustomKeyInConfigDeprecation"], silence: [] },
  ],
])("%j", (given, expected) => {
  expect(readWarnErrorOptions(given)).toEqual(expected);
});

describe("what dbt refuses", () => {
  test.each([
    ["all", "must be a mapping"],
    [{ error: "some" }, "must be all, * or a list of names"],
    [{ silence: "all" }, "must be a list of names"],
    [{ error: ["NothingTodo"] }, "NothingTodo is not a valid dbt error name."],
    [{ error: ["NothingToDo"], include: ["NothingToDo"] }, "Only `include` or `error`"],
    [{ error: ["NoNodesSelected"], warn: ["NothingToDo"] }, "`warn` makes exceptions"],
  ])("%j", (given, message) => {
    expect(() => readWarnErrorOptions(given)).toThrow(DiagnosticError);
    expect(() => readWarnErrorOptions(given)).toThrow(message);
  });
});
