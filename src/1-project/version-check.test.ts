import { expect, test } from "vitest";
import type { PackageConfig } from "../contracts/project.ts";
import { checkVersions } from "./version-check.ts";

test.each([
  [[">=1.6.0", "<2.0.0"], 0],
  [["<1.12.0"], 0],
  [[">=1.11.0,<1.12.0"], 0],
  [["==1.12.0"], 0],
  [["<1.11.0"], 1],
  [[">=1.13.0"], 1],
  // Neither of them is in both.
  [[">1.11.16", "<1.12.0"], 1],
  [["whatever"], 0],
  [[], 0],
])("a package that asks for %j gives %i problems", (requireDbtVersion, count) => {
  expect(checkVersions([{ name: "p", root: "/p", requireDbtVersion } as unknown as PackageConfig])).toHaveLength(count);
});
