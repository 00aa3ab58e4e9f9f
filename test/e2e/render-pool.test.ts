import { duckDbTraits } from "../../src/engines/duckdb/traits.ts";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { RefLookup } from "../../src/context/ref-lookup.ts";
import type { EngineSession } from "../../src/contracts/engine.ts";
import type { Flags } from "../../src/contracts/flags.ts";
import type { MacroSource, Manifest } from "../../src/contracts/manifest.ts";
import type { ProjectFacts } from "../../src/contracts/project-facts.ts";
import { RelationCache } from "../../src/6-execution/relation-cache.ts";
import { RenderPool } from "../../src/6-execution/render-pool.ts";
import { fakeEngine } from "../support/fake-engine.ts";
import { ROOT } from "../support/program.ts";

const FACTS = {
  projectName: "shop",
  root: ROOT,
  targetPath: "target",
  packagesInstallPath: "dbt_packages",
  target: {
    profileName: "shop",
    name: "dev",
    type: "duckdb",
    schema: "main",
    database: "shop",
    threads: 2,
    catalogs: [],
    tableDefaults: [],
    fields: {},
  },
  cliVars: {},
  packageVars: {},
  packageVersions: {},
  packageRoots: {},
  quoting: {},
  quoteColumns: null,
  dispatch: {},
  dependencies: [],
  internalPackages: [],
  adapterTypes: ["duckdb"],
  traits: duckDbTraits,
} satisfies ProjectFacts;

const MANIFEST = { nodes: {}, sources: {}, macros: {}, disabled: {}, functions: {} } as unknown as Manifest;

function macro(name: string, body: string): MacroSource {
  return {
    unique_id: `macro.shop.${name}`,
    name,
    package_name: "shop",
    original_file_path: "macros/m.sql",
    macro_sql: `{% macro ${name}() %}${body}{% endmacro %}`,
    _line: 1,
    _column: 1,
    supported_languages: null,
  };
}

function poolOver(engine: EngineSession, size = 1): RenderPool {
  const macros = [
    macro("asks", "{% do adapter.execute('select 1', fetch=true) %}{{ return('answered') }}"),
    macro("says", "{{ return(1 + 1) }}"),
  ];
  return new RenderPool({
    workerUrl: pathToFileURL(join(ROOT, "bin", "render-worker.js")),
    engine,
    services: {
      manifest: MANIFEST,
      lookup: new RefLookup(MANIFEST, "shop", {}),
      cache: new RelationCache(engine),
      emit: () => undefined,
      loadRows: () => Promise.resolve("none"),
      queryComment: () => null,
      translate: (sql) => Promise.resolve(sql),
      whereFound: () => null,
      deferral: null,
      hasTransactions: true,
    },
    size,
    setup: {
      facts: FACTS,
      macros,
      homes: {},
      flags: {} as Flags,
      invocationId: "i",
      startedAt: 0,
      env: {},
      selectedResources: [],
    },
  });
}

const job = (name: string) => ({
  kind: "macro" as const,
  macroId: `macro.shop.${name}`,
  args: [],
  kwargs: {},
  commit: false,
});
const EMPTY = { response: { _message: "OK" }, columns: [], data: [], rowCount: 0 };

describe("render workers", () => {
  test("a template waits for its statement in the middle of a render", async () => {
    const engine = fakeEngine(() => Promise.resolve(EMPTY));
    const pool = poolOver(engine);
    expect(await pool.run(job("asks"), null)).toMatchObject({ ok: true, result: { value: "answered" } });
    expect(engine.statements).toEqual(["select 1"]);
    await pool.close();
  });

  test("what the engine refuses fails the job, and the worker goes on", async () => {
    const pool = poolOver(fakeEngine(() => Promise.reject(new Error("no such table"))));
    const failed = await pool.run(job("asks"), null);
    expect(failed).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("no such table") as unknown },
    });
    expect(await pool.run(job("says"), null)).toMatchObject({ ok: true, result: { value: 2 } });
    await pool.close();
  });

  test("an engine that never answers, not even to an interrupt, does not hold a cancelled run", async () => {
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const pool = poolOver(
      fakeEngine(() => {
        asked();
        return new Promise(() => undefined);
      }),
    );
    const running = pool.run(job("asks"), null);
    await isAsked;
    pool.cancel();
    expect(await running).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("cancelled") as unknown },
    });
    await pool.close();
  });
});
