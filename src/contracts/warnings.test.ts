import { expect, test } from "vitest";
import { treatmentOf } from "./warnings.ts";

const none = { error: [], warn: [], silence: [] };

test.each([
  ["NothingToDo", none, "warn"],
  ["NothingToDo", { ...none, error: ["NothingToDo"] }, "error"],
  ["NothingToDo", { ...none, error: "all" }, "error"],
  ["NothingToDo", { ...none, error: "*", warn: ["NothingToDo"] }, "warn"],
  ["NothingToDo", { ...none, error: "all", silence: ["NothingToDo"] }, "silence"],
  ["NothingToDo", { ...none, error: ["Deprecations"] }, "warn"],
  ["CustomTopLevelKeyDeprecation", { ...none, error: ["Deprecations"] }, "error"],
  [
    "CustomTopLevelKeyDeprecation",
    { ...none, error: ["CustomTopLevelKeyDeprecation"], silence: ["Deprecations"] },
    "error",
  ],
  ["CustomTopLevelKeyDeprecation", { ...none, error: "all", warn: ["Deprecations"] }, "warn"],
  ["EnvironmentVariableRenamed", { ...none, error: ["Deprecations"] }, "error"],
  ["UpcomingReferenceDeprecation", { ...none, error: ["Deprecations"] }, "warn"],
  ["", { ...none, error: ["NothingToDo"] }, "warn"],
  ["", { ...none, error: "all" }, "error"],
])("%j with %j: %s", (name, warn_error_options, expected) => {
  expect(treatmentOf(name, { warn_error: false, warn_error_options })).toBe(expected);
});

test("what dbt only tells of is an error where the project wants all warnings handled", () => {
  const flags = { warn_error: true, warn_error_options: none };
  const name = "MicrobatchModelNoEventTimeInputs";
  expect(treatmentOf(name, flags)).toBe("warn");
  expect(treatmentOf(name, { ...flags, require_all_warnings_handled_by_warn_error: true })).toBe("error");
});

test("--warn-error takes all", () => {
  expect(treatmentOf("NothingToDo", { warn_error: true, warn_error_options: none })).toBe("error");
});
