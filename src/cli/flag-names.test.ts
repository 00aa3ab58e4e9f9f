import { expect, test } from "vitest";
import { withOwnNames } from "./flag-names.ts";

test("dbt's other names of flags are taken for their own, with their values", () => {
  expect(withOwnNames(["ls", "--resource-types=model", "--model", "a=b", "-s", "x"])).toEqual([
    ...["ls", "--resource-type=model", "--models", "a=b", "-s", "x"],
  ]);
});
