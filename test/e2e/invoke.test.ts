import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** Runs a module that finds the built package as an installed one. */
function runModule(folder: string, path: string, args: readonly string[] = []): string {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(ROOT, join(folder, "node_modules", "duckhouse-dbt"));
  const env = { ...process.env, DBT_PROFILES_DIR: "." };
  return execFileSync(process.execPath, [path, ...args], { cwd: folder, encoding: "utf8", env });
}

test("the example in docs runs, and prints nothing but its own lines", () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/a.sql": "select 1 as id", "models/b.sql": "select * from {{ ref('a') }}" });
  cpSync(join(ROOT, "docs", "examples", "run-from-code.mjs"), join(folder.path, "run-from-code.mjs"));
  expect(runModule(folder.path, "run-from-code.mjs", ["--select", "a+"])).toBe(
    "1 of 2: model.shop.a success\n2 of 2: model.shop.b success\n2 results, all is well\n",
  );
});

test("results, output, failures and wrong words come back as values, of many commands in one process", () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/a.sql": "select 1 as id",
    "models/b.sql": "select nope from {{ ref('a') }}",
    "several.mjs": `import { invoke } from "duckhouse-dbt";
      const commands = [["build"], ["ls", "--select", "a"], ["show", "--inline", "select 7 as n", "--output", "json"],
        ["run", "--nope"], ["run", "--threads", "x"], ["run", "--target", "nope"], ["frob"]];
      const ended = await Promise.all(commands.map((args) => invoke(args)));
      const short = ended.map(({ success, exitCode, results, output, diagnostics, exception }) => [success, exitCode,
        results.map(({ status }) => status), output.join().includes("7") ? "7" : output, diagnostics.map(({ code }) => code), exception !== null]);
      console.log(JSON.stringify(short));`,
  });
  expect(JSON.parse(runModule(folder.path, "several.mjs"))).toEqual([
    [false, 1, ["success", "error"], [], [], false],
    [true, 0, [], ["shop.a"], [], false],
    [true, 0, ["success"], "7", [], false],
    [false, 2, [], [], [], true],
    [false, 2, [], [], ["DH0003"], true],
    [false, 2, [], [], ["DH1014"], true],
    [false, 2, [], [], [], true],
  ]);
});
