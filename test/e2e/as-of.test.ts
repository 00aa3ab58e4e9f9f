import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** Compiles one model an expression, `from {{ … }} as v`; `looking` is called while the project is there. */
async function compile(
  expressions: readonly string[],
  flags: readonly string[],
  looking: (ran: Ran, target: string) => void,
): Promise<void> {
  using work = temporaryFolder();
  const models = expressions.map((expression, index) => [
    `models/past_${String(index)}.sql`,
    `select * from {{ ${expression} }} as v`,
  ]);
  writeProject(work.path, {
    "models/visits.sql": "select 1 as n",
    "models/days.sql": "{{ config(materialized='ephemeral') }} select 1 as n",
    ...(Object.fromEntries(models) as Record<string, string>),
  });
  looking(await run(["compile", ...flags], work.path), join(work.path, "target"));
}

const compiledText = (target: string, index: number): string =>
  readFileSync(join(target, "compiled", "shop", "models", `past_${String(index)}.sql`), "utf8");

test("a table of the past, as DuckDB writes it", async () => {
  const cases = [
    ["version=7545151882466083131", "version => 7545151882466083131"],
    ["version='7545151882466083131'", "version => 7545151882466083131"],
    ["timestamp='2026-01-01 08:00:00'", "timestamp => timestamptz '2026-01-01 08:00:00 UTC'"],
    ["timestamp='2026-01-01T08:00:00.250+01:00'", "timestamp => timestamptz '2026-01-01 08:00:00.250 +01:00'"],
    ["timestamp='2026-01-01T08:00Z'", "timestamp => timestamptz '2026-01-01 08:00:00 UTC'"],
    ["timestamp=modules.datetime.datetime(2026, 1, 1, 8)", "timestamp => timestamptz '2026-01-01 08:00:00 UTC'"],
    ["timestamp='2026-01-01 Europe/Berlin'", "timestamp => timestamptz '2026-01-01 00:00:00 Europe/Berlin'"],
  ];
  await compile(
    cases.map(([argument]) => `as_of(ref('visits'), ${argument ?? ""})`),
    [],
    ({ code, stdout }, target) => {
      expect(code, stdout).toBe(0);
      cases.forEach(([, expected], index) => {
        expect(compiledText(target, index)).toBe(
          `select * from (select * from "shop"."main"."visits" at (${expected ?? ""})) as v`,
        );
      });
      const manifest = JSON.parse(readFileSync(join(target, "manifest.json"), "utf8")) as {
        nodes: Record<string, { depends_on: { nodes: string[] } }>;
      };
      expect(manifest.nodes["model.shop.past_0"]?.depends_on.nodes).toEqual(["model.shop.visits"]);
    },
  );
});

test("--empty reads nothing of the past either", async () => {
  await compile(["as_of(ref('visits'), version=1)"], ["--empty"], (_, target) => {
    const past = '(select * from "shop"."main"."visits" at (version => 1))';
    expect(compiledText(target, 0)).toBe(`select * from (select * from ${past} where false limit 0) as v`);
  });
});

test("what cannot be meant is said", async () => {
  const cases = [
    ["as_of(ref('visits'))", 'as_of("shop"."main"."visits") needs either a version or a timestamp\n'],
    ["as_of(ref('visits'), version=1, timestamp='2026-01-01')", "needs either a version or a timestamp, not both"],
    ["as_of(ref('visits'), timestamp='yesterday at noon')", "'yesterday at noon' is no moment"],
    ["as_of(ref('visits'), version=1.5)", "the version must be a snapshot's id"],
    ["as_of(ref('visits'), version='audit')", "DuckDB knows versions by number only; it got 'audit'"],
    ["as_of(ref('days'), version=1)", "an ephemeral model has no past"],
    ["as_of('visits', version=1)", "as_of() needs a relation"],
  ];
  await compile(
    cases.map(([expression]) => expression ?? ""),
    [],
    ({ code, stdout }) => {
      expect(code).toBe(2);
      for (const [expression, message] of cases) expect(stdout, expression).toContain(message);
    },
  );
});
