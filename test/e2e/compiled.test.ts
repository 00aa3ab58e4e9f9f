import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** From 22.8 on Node does this by itself. */
const isNodes = "enableCompileCache" in module;

describe.skipIf(isNodes)("the program's compiled code", () => {
  function place(): { readonly folder: string; readonly env: Record<string, string>; [Symbol.dispose](): void } {
    const work = temporaryFolder();
    writeProject(work.path, {
      "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
      "profiles.yml": JSON.stringify({
        ward: { target: "dev", outputs: { dev: { type: "duckdb", path: "w.duckdb" } } },
      }),
      "models/one.sql": "select 1 as id",
    });
    const cache = join(work.path, "cache");
    return { folder: work.path, env: { XDG_CACHE_HOME: cache }, [Symbol.dispose]: () => work[Symbol.dispose]() };
  }

  function kept(folder: string): string[] {
    const compiled = join(folder, "cache", "duckhouse-dbt", "compiled");
    return readdirSync(compiled)
      .sort()
      .map((name) => join(compiled, name));
  }

  async function succeeds(command: string, { folder, env }: { folder: string; env: Record<string, string> }) {
    const { code, stdout, stderr } = await run([command], folder, env);
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
  }

  test("is kept by a command that is new, of the program and of its workers, and then left alone", async () => {
    using work = place();
    await succeeds("run", work);
    const files = kept(work.folder);
    expect(files.map((path) => path.replace(/.*\/|-v.*/g, ""))).toEqual(["cli", "render-worker"]);
    const before = files.map((path) => statSync(path).mtimeMs);
    await succeeds("run", work);
    expect(files.map((path) => statSync(path).mtimeMs)).toEqual(before);
    await succeeds("parse", work);
    expect(files.map((path) => statSync(path).mtimeMs > before[files.indexOf(path)]!)).toEqual([true, false]);
    expect(kept(work.folder)).toEqual(files);
  });

  test.each([
    ["damaged", (bytes: Buffer) => bytes.fill(0, bytes.length >> 1)],
    ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ["empty", () => Buffer.alloc(0)],
    [
      "of another build",
      (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replace(/"build":"./, '"build":"-'), "latin1"),
    ],
  ])("that is %s is made anew", async (_, spoil) => {
    using work = place();
    await succeeds("run", work);
    for (const path of kept(work.folder)) writeFileSync(path, spoil(readFileSync(path)));
    const spoilt = kept(work.folder).map((path) => readFileSync(path));
    await succeeds("run", work);
    expect(kept(work.folder).map((path, index) => readFileSync(path).equals(spoilt[index]!))).toEqual([false, false]);
  });

  test("needs no folder that can be written to", async () => {
    using work = place();
    writeFileSync(join(work.folder, "cache"), "a file");
    await succeeds("run", work);
  });
});
