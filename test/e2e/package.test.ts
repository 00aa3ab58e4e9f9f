import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, temporaryFolder } from "../support/program.ts";

test("the packed tarball works in an empty folder", () => {
  using folder = temporaryFolder();
  const options = { encoding: "utf8" as const, stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"] };
  // The build is there already; packing must not make it again under the other tests.
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder.path], { ...options, cwd: ROOT });
  const tarball = readdirSync(folder.path).find((name) => name.endsWith(".tgz")) ?? "";
  execFileSync(
    "npm",
    [
      "install",
      "--global",
      "--prefix",
      join(folder.path, "global"),
      "--no-audit",
      "--no-fund",
      join(folder.path, tarball),
    ],
    { ...options, cwd: folder.path },
  );
  const program = join(folder.path, "global", "bin", "duckhouse-dbt");
  expect(existsSync(program)).toBe(true);
  cpSync(join(ROOT, "test", "projects", "minimal", "project"), join(folder.path, "project"), { recursive: true });
  const output = execFileSync(program, ["build", "--profiles-dir", "."], {
    ...options,
    cwd: join(folder.path, "project"),
  });
  expect(output).toContain("Completed successfully");
  execFileSync(program, ["docs", "generate", "--profiles-dir", "."], { ...options, cwd: join(folder.path, "project") });
  expect(existsSync(join(folder.path, "project", "target", "index.html"))).toBe(true);
  const library = `import { renderTemplate } from "duckhouse-dbt/jinja"; console.log(renderTemplate("{{ 7 // 2 }}", {}));`;
  const installed = join(folder.path, "global", "lib");
  expect(
    execFileSync(process.execPath, ["--input-type=module", "--eval", library], { ...options, cwd: installed }).trim(),
  ).toBe("3");
  const sql = `import { analyzeQuery, findHazards, translateSql } from "duckhouse-dbt/sql";
    for (const text of ["select * from a, b", "select * from a join b on true, c", "pivot t on a using sum(b)"])
      for (const dialect of ["duckdb", "trino"]) {
        const { reader, joined_tables } = await analyzeQuery(text, dialect);
        console.log(reader, joined_tables);
      }
    console.log((await findHazards("select 7 / 2", "duckdb", "trino"))[0].code);
    console.log((await translateSql("select list_transform(l, x -> x) from t", "duckdb", "trino")).sql);`;
  expect(
    execFileSync(process.execPath, ["--input-type=module", "--eval", sql], { ...options, cwd: installed })
      .trim()
      .split("\n"),
  ).toEqual([
    "duckdb 2",
    "node-sql-parser 2",
    "duckdb 3",
    "polyglot 3",
    "polyglot 1",
    "polyglot 1",
    "DH7001",
    "SELECT TRANSFORM(l, x -> x) FROM t",
  ]);
});
