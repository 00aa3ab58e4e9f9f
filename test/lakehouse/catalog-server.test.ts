import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, temporaryFolder } from "../support/program.ts";

const hasCompiler = spawnSync("javac", ["-version"]).error === undefined;

test.runIf(hasCompiler)("the catalog server's class is what its source compiles to", () => {
  using work = temporaryFolder();
  const folder = join(ROOT, "src", "lakehouse", "catalog-server");
  const { env } = process;
  const cache =
    env["DUCKHOUSE_CACHE_DIR"] ??
    join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "duckhouse-dbt", "lakehouse");
  const programs = readdirSync(cache).find((name) => name.startsWith("programs-") && !name.endsWith(".tmp"));
  copyFileSync(join(folder, "CatalogServer.java"), join(work.path, "CatalogServer.java"));
  const classpath = join(cache, programs ?? "", "catalog", "*");
  const compiled = spawnSync("javac", ["--release", "17", "-cp", classpath, "CatalogServer.java"], {
    cwd: work.path,
    encoding: "utf8",
  });
  expect(compiled.status, compiled.stderr).toBe(0);
  const [ours, theirs] = [folder, work.path].map((place) => readFileSync(join(place, "CatalogServer.class")));
  // Compilers order their constants differently; what is called is the same.
  const names = (bytes: Buffer | undefined): string[] =>
    [...new Set((bytes ?? Buffer.alloc(0)).toString("latin1").match(/[\w/$.<>;()[\]-]{6,}/g) ?? [])].sort();
  expect(names(ours)).toEqual(names(theirs));
});
