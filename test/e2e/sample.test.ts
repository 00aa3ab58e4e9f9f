import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const FILES = {
  "seeds/numbers.csv": `n\n${Array.from({ length: 50 }, (_, n) => String(n)).join("\n")}\n`,
  "models/raw.sql": "select range as n from range(1000)",
  "models/near.sql": "{{ config(materialized='ephemeral') }}\nselect n from {{ ref('raw') }}",
  "models/first.sql": "select n from {{ ref('near') }}",
  "models/second.sql": "select n from {{ ref('first') }}",
  "models/third.sql": "select n from {{ ref('numbers') }}",
};

async function counts(folder: string): Promise<Record<string, number>> {
  const names = ["raw", "first", "second", "third", "numbers"];
  const sql = `select ${names.map((name) => `(select count(*) from main.${name}) as ${name}`).join(", ")}`;
  const { code, stdout, stderr } = await run(["query", sql, "--format", "json"], folder);
  expect(code, stderr).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: unknown[][] };
  return Object.fromEntries(names.map((name, index) => [name, Number(rows[0]?.[index])]));
}

async function build(folder: string, ...args: string[]): Promise<Record<string, number>> {
  const { code, stdout } = await run(args, folder);
  expect(code, stdout).toBe(0);
  return counts(folder);
}

test("a sample of rows is drawn once, from what the command does not build itself", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, FILES);
  const whole = { raw: 1000, first: 1000, second: 1000, third: 50, numbers: 50 };
  expect(await build(folder.path, "build")).toEqual(whole);
  const upstream = ["run", "--exclude", "raw"];
  expect(await build(folder.path, ...upstream, "--sample", "20 rows")).toEqual({
    ...whole,
    first: 20,
    second: 20,
    third: 20,
  });
  expect(await build(folder.path, "build", "--sample", "20 rows")).toEqual({ ...whole, third: 20 });
  const share = await build(folder.path, ...upstream, "--sample", "10%");
  // A tenth of a tenth would be 10 rows; 40 and 250 lie further off than 6 standard deviations.
  expect(share["first"]).toBeGreaterThan(40);
  expect(share["first"]).toBeLessThan(250);
  expect(share["second"]).toBe(share["first"]);
});

test("retry takes the stretch that the failed command took", async () => {
  using folder = temporaryFolder();
  const model = "{{ config(event_time='t') }} select (now() at time zone 'UTC') - interval 1 hour as t";
  const failing = "select error('now') as n, t from {{ ref('raw') }}";
  writeProject(folder.path, { "models/raw.sql": model, "models/first.sql": failing });
  const sample = async (...args: string[]): Promise<unknown> => {
    expect((await run(args, folder.path)).code).toBe(1);
    const path = join(folder.path, "target", "run_results.json");
    return (JSON.parse(readFileSync(path, "utf8")) as { args: Record<string, unknown> }).args["sample"];
  };
  const first = await sample("run", "--sample", "3 hours");
  expect(Object.keys(first as object)).toEqual(["start", "end"]);
  expect(await sample("retry")).toEqual(first);
});

test("what is no sample is refused with its forms", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, FILES);
  const { code, stdout, stderr } = await run(["run", "--sample", "3 weeks"], folder.path);
  expect(code).toBe(2);
  expect(stdout + stderr).toContain("DH0007: Invalid value for '--sample");
  expect(stdout + stderr).toContain("'rows', 'percent'");
});
