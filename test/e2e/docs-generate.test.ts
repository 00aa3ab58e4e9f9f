import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const FILES = {
  "dbt_project.yml":
    "name: shop\nversion: '1.0'\nprofile: shop\nasset-paths: [assets, no_such_folder]\nmodels:\n  +materialized: table\n",
  "models/a.sql": "select 1 as n",
  "models/b.sql": "select 2 as n",
  "models/sources.yml": "sources:\n  - name: raw\n    schema: main\n    tables: [{ name: a }, { name: b }]\n",
  "assets/logo.txt": "a logo",
};

function described(target: string): string[] {
  const catalog = JSON.parse(readFileSync(join(target, "catalog.json"), "utf8")) as Record<string, object>;
  return [...Object.keys(catalog["nodes"] ?? {}), ...Object.keys(catalog["sources"] ?? {})].sort();
}

test("docs generate: assets, the manifest, and only what was selected", async () => {
  using work = temporaryFolder();
  writeProject(work.path, FILES);
  const target = join(work.path, "target");
  const ok = async (args: string[]): Promise<void> => {
    const done = await run(args, work.path);
    expect(done.code, `${args.join(" ")}\n${done.stdout}`).toBe(0);
  };
  await ok(["run"]);

  rmSync(join(target, "manifest.json"));
  await ok(["docs", "generate", "--no-compile", "--select", "a"]);
  expect(existsSync(join(target, "manifest.json"))).toBe(false);
  expect(described(target)).toEqual(["model.shop.a", "model.shop.b", "source.shop.raw.a", "source.shop.raw.b"]);
  expect(readFileSync(join(target, "assets", "logo.txt"), "utf8")).toBe("a logo");

  // What the project no longer has must not stay in the copy.
  writeProject(work.path, { ...FILES, "assets/other.txt": "another" });
  rmSync(join(work.path, "assets", "logo.txt"));
  await ok(["docs", "generate", "--select", "a", "source:raw.b"]);
  expect(existsSync(join(target, "manifest.json"))).toBe(true);
  expect(described(target)).toEqual(["model.shop.a", "source.shop.raw.b"]);
  expect(existsSync(join(target, "assets", "logo.txt"))).toBe(false);
  expect(existsSync(join(target, "assets", "other.txt"))).toBe(true);
});

test("docs generate warns once, though it compiles and describes", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    ...FILES,
    "models/properties.yml":
      "models:\n  - name: a\n    columns: [{ name: n, data_tests: [{ accepted_values: { values: [1] } }] }]\n",
  });
  const done = await run(["docs", "generate"], work.path);
  expect(done.stdout.match(/Warning DH1923/g)).toHaveLength(1);
  expect(done.stdout).toContain("MissingArgumentsPropertyInGenericTestDeprecation: 1 occurrence");
});
