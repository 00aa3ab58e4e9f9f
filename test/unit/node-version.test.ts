import { readFileSync } from "node:fs";
import { join } from "node:path";
import { satisfies } from "semver";
import { expect, test } from "vitest";

interface Locked {
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
}

/** Packages whose `engines` excludes Node 20.19 though they run on it, with the proof. */
const EXCEPTIONS: readonly string[] = [
  // WebAssembly and plain ES modules; test/unit/sql reads and translates with it on the Node that runs the tests.
  "@polyglot-sql/sdk",
];

test("every production package runs on Node 20.19", () => {
  const path = join(import.meta.dirname, "..", "..", "package-lock.json");
  const lock = JSON.parse(readFileSync(path, "utf8")) as { packages: Record<string, Locked> };
  const production = Object.entries(lock.packages).filter(([name, entry]) => name !== "" && entry.dev !== true);
  const excluded = production
    .filter(([, { engines }]) => !satisfies("20.19.0", engines?.node ?? "*"))
    .map(([name]) => name.replace("node_modules/", ""));
  expect(production.length).toBeGreaterThan(5);
  expect(excluded.filter((name) => !EXCEPTIONS.includes(name))).toEqual([]);
});
