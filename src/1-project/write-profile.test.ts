import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseYaml } from "../shared/yaml-file.ts";
import { profileOutputs, writeProfileOutput } from "./write-profile.ts";

let folder = "";
const file = (): string => join(folder, "profiles.yml");
const text = (): string => readFileSync(file(), "utf8");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "profiles-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("a new profile goes to the end; every byte before it stays", () => {
  const before = "# mine\nold: {target: a,   outputs: {a: {type: duckdb}}} # odd   blanks\n";
  writeFileSync(file(), before, { mode: 0o640 });
  writeProfileOutput(file(), "shop", "dev", { type: "duckdb", path: "x.duckdb" });
  expect(text().startsWith(before)).toBe(true);
  expect(profileOutputs(file(), "old")).toEqual(["a"]);
  expect(profileOutputs(file(), "shop")).toEqual(["dev"]);
  expect(statSync(file()).mode & 0o777).toBe(0o640);
});

test("an output goes into a profile that is there, beside its others and its comments", () => {
  writeFileSync(file(), "shop:\n  target: a # chosen\n  outputs:\n    a: {type: duckdb}\nother: {outputs: {}}\n");
  writeProfileOutput(file(), "shop", "b", { type: "trino", password: "{{ env_var('P') }}" });
  expect(text()).toContain("target: a # chosen");
  expect(parseYaml(text()).data).toEqual({
    shop: { target: "a", outputs: { a: { type: "duckdb" }, b: { type: "trino", password: "{{ env_var('P') }}" } } },
    other: { outputs: {} },
  });
});

test.each(["", "\n# nothing yet\n", "{}\n", "null\n", "{a: {outputs: {x: {type: duckdb}}}}", "a: 1\n...\n"])(
  "a file of %j can be added to",
  (before) => {
    writeFileSync(file(), before);
    writeProfileOutput(file(), "shop", "dev", { type: "duckdb" });
    expect(profileOutputs(file(), "shop")).toEqual(["dev"]);
    const had = parseYaml(before).data as Record<string, unknown> | null;
    expect(parseYaml(text()).data).toMatchObject(had ?? {});
  },
);

test("a broken file is told of, with its place, and left alone", () => {
  writeFileSync(file(), "a: [1\nb: 2\n");
  expect(() => profileOutputs(file(), "a")).toThrow("YAML");
  expect(text()).toBe("a: [1\nb: 2\n");
});
