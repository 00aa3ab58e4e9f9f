import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
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

interface Answer {
  readonly status: number;
  readonly body: { readonly metadata?: { readonly properties: Readonly<Record<string, string>> } };
}

async function ask(path: string, body?: object): Promise<Answer> {
  const request = body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${inject("lakehouse").catalog?.url ?? ""}/v1/${path}`, request);
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Answer["body"] };
}

test("of commits that meet, every one that was accepted is kept", async () => {
  const namespace = ["commits_that_meet"];
  await ask("namespaces", { namespace });
  const name = "meeting";
  const field = { id: 1, name: "a", type: "int", required: false };
  await ask("namespaces/commits_that_meet/tables", { name, schema: { type: "struct", fields: [field] } });
  const keys = Array.from({ length: 60 }, (_, index) => `writer_${String(index)}`);
  const accepted = await Promise.all(
    keys.map(async (key) => {
      const updates = [{ action: "set-properties", updates: { [key]: "was here" } }];
      const change = { identifier: { namespace, name }, requirements: [], updates };
      const { status } = await ask("transactions/commit", { "table-changes": [change] });
      return status < 300 ? [key] : [];
    }),
  );
  const { body } = await ask("namespaces/commits_that_meet/tables/meeting");
  expect(Object.keys(body.metadata?.properties ?? {})).toEqual(expect.arrayContaining(accepted.flat()));
  expect(accepted.flat().length).toBeGreaterThan(0);
});
