import { expect, test } from "vitest";
import { PyDict } from "../jinja/values.ts";
import { toPython } from "./convert.ts";
import { renderColumnConstraints, renderModelConstraints } from "./constraints.ts";

const rulesOf = (supported: readonly string[]) => {
  const warnings: string[] = [];
  const warn = (name: string, message: string): string => {
    warnings.push(`${name}: ${message.split(",")[0] ?? ""}`);
    return "";
  };
  return { warnings, rules: { supported, adapterType: "trino", warn } };
};

test("constraints that the engine does not take are left out, with a warning unless told not to", () => {
  const { warnings, rules } = rulesOf(["not_null"]);
  const columns = toPython({
    id: {
      name: "id",
      data_type: "integer",
      constraints: [
        { type: "not_null" },
        { type: "unique" },
        { type: "check", expression: "id > 0", warn_unsupported: false },
      ],
    },
    note: { name: "note", data_type: "varchar", constraints: [{ type: "custom", expression: "with (x = 1)" }] },
  });
  expect(renderColumnConstraints(columns, rules)).toEqual(["id integer not null", "note varchar with (x = 1)"]);
  expect(renderModelConstraints(toPython([{ type: "check", expression: "id > 0" }]), rules)).toEqual([]);
  expect(warnings).toEqual([
    "ConstraintNotSupported: The constraint type unique is not supported by trino",
    "ConstraintNotSupported: The constraint type check is not supported by trino",
  ]);
});

test("all that the engine takes is written", () => {
  const { warnings, rules } = rulesOf(["check", "not_null"]);
  const constraints = toPython([{ type: "check", name: "positive", expression: "id > 0" }]);
  expect(renderModelConstraints(constraints, rules)).toEqual(["constraint positive check (id > 0)"]);
  expect(renderColumnConstraints(new PyDict(), rules)).toEqual([]);
  expect(warnings).toEqual([]);
});
