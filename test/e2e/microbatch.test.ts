import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const WINDOW = ["--event-time-start", "2025-01-01", "--event-time-end", "2025-01-05"];

function model(config: string, sql: string): string {
  return `{{ config(materialized='incremental', incremental_strategy='microbatch', ${config}) }}\n${sql}`;
}

const DAILY = "event_time='seen', batch_size='day', begin='2025-01-01'";
const EVENTS = {
  "models/events.sql":
    "{{ config(event_time='seen') }}\nselect i as id, timestamp '2025-01-01' + to_days(i::int) as seen from range(6) t(i)",
};

interface Result {
  readonly unique_id: string;
  readonly status: string;
  readonly batch_results: { readonly successful: string[][]; readonly failed: string[][] } | null;
}

function resultOf(folder: string, name: string): Result {
  const report = JSON.parse(readFileSync(join(folder, "target", "run_results.json"), "utf8")) as { results: Result[] };
  const found = report.results.find(({ unique_id }) => unique_id === `model.shop.${name}`);
  if (found === undefined) throw new Error(`${name} has no result`);
  return found;
}

/** What happened to the batches, in the order of the lines: `START 2`, `OK 2`, … */
function batchSteps(stdout: string): string[] {
  return [...stdout.matchAll(/Batch (\d+) of \d+ (START|OK|ERROR|SKIP) /g)].map(
    ([, index = "", what = ""]) => `${what} ${index}`,
  );
}

test("wrong configs are told of all at once, with place and hint, before anything runs", async () => {
  using folder = temporaryFolder();
  const wrong: Record<string, string> = {
    no_time: "batch_size='day', begin='2025-01-01'",
    no_begin: "event_time='seen', batch_size='day'",
    odd_begin: "event_time='seen', batch_size='day', begin='2025-02-30'",
    odd_size: "event_time='seen', batch_size='week', begin='2025-01-01'",
    odd_lookback: `${DAILY}, lookback='two'`,
    odd_together: `${DAILY}, concurrent_batches='yes'`,
  };
  const models = Object.entries(wrong).map(([name, config]) => [
    `models/${name}.sql`,
    model(config, "select 1 as id, now() as seen"),
  ]);
  writeProject(folder.path, { ...EVENTS, ...(Object.fromEntries(models) as Record<string, string>) });
  const { code, stdout } = await run(["run"], folder.path);
  expect(code).toBe(2);
  const told = [...stdout.matchAll(/Error DH1209 models\/(\w+)\.sql:1\n.*?Microbatch model '\1' (.*)\n.*hint: /g)];
  expect(Object.fromEntries(told.map(([, name, text]) => [name, text]))).toEqual({
    no_time: "must provide an 'event_time' (string) config that indicates the name of the event time column.",
    no_begin:
      "must provide a 'begin' (datetime) config that indicates the earliest timestamp the microbatch model should be built from.",
    odd_begin: "must provide a 'begin' config of valid datetime (ISO format), but got: 2025-02-30.",
    odd_size: "must provide a 'batch_size' config that is one of ['hour', 'day', 'month', 'year'], but got: week.",
    odd_lookback: "must provide the optional 'lookback' config as type int, but got: <class 'str'>).",
    odd_together: "optional 'concurrent_batches' config must be of type `bool` if specified, but got: <class 'str'>).",
  });
});

test("a model whose inputs have no event time is warned of, or refused where warnings are errors", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/events.sql": "select 1 as id, timestamp '2025-01-01' as seen",
    "models/daily.sql": model(DAILY, "select * from {{ ref('events') }}"),
  });
  const warned = await run(["run", ...WINDOW], folder.path);
  expect(warned.code, warned.stdout).toBe(0);
  expect(warned.stdout).toContain("The microbatch model 'daily' has no 'ref' or 'source' input with an 'event_time'");
  const options = ["--warn-error-options", "{error: [MicrobatchModelNoEventTimeInputs]}"];
  // As in dbt, it counts as one only where the project wants every warning handled.
  expect((await run(["run", ...WINDOW, ...options], folder.path)).code).toBe(0);
  writeProject(folder.path, {
    "dbt_project.yml": "name: shop\nprofile: shop\nflags: {require_all_warnings_handled_by_warn_error: true}\n",
  });
  expect((await run(["run", ...WINDOW, ...options], folder.path)).code).toBe(2);
});

test.each([
  [["--event-time-end", "2025-01-05"], "The flag `--event-time-end` was specified, but `--event-time-start` was not."],
  [
    ["--event-time-start", "2025-01-05"],
    "The flag `--event-time-start` was specified, but `--event-time-end` was not.",
  ],
  [
    ["--event-time-start", "2025-01-05", "--event-time-end", "2025-01-05"],
    "Value for `--event-time-start` must be less than `--event-time-end`",
  ],
  [["--event-time-start", "2025-02-30", "--event-time-end", "2025-03-01"], "'2025-02-30' does not match the formats"],
])("event times %j are refused", async (args, message) => {
  using folder = temporaryFolder();
  writeProject(folder.path, EVENTS);
  const { code, stderr } = await run(["run", ...args], folder.path);
  expect(code).toBe(2);
  expect(stderr).toContain("DH0006");
  expect(stderr).toContain(message);
});

test("batches between the first and the last run side by side, unless the model reads its own table", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    ...EVENTS,
    "models/free.sql": model(DAILY, "select * from {{ ref('events') }}"),
    "models/ordered.sql": model(
      DAILY,
      "select *, {% if is_incremental() %}(select count(*) from {{ this }}){% else %}0{% endif %} as n from {{ ref('events') }}",
    ),
    "models/told_to.sql": model(
      `${DAILY}, concurrent_batches=true`,
      "select *, '{{ this.identifier }}' as name from {{ ref('events') }}",
    ),
    "models/told_not_to.sql": model(`${DAILY}, concurrent_batches=false`, "select * from {{ ref('events') }}"),
  });
  const stepsOf = async (name: string): Promise<string[]> => {
    const { code, stdout } = await run(["run", "--select", `+${name}`, ...WINDOW], folder.path);
    expect(code, stdout).toBe(0);
    return batchSteps(stdout);
  };
  const inOrder = [1, 2, 3, 4].flatMap((batch) => [`START ${String(batch)}`, `OK ${String(batch)}`]);
  expect(await stepsOf("ordered")).toEqual(inOrder);
  expect(await stepsOf("told_not_to")).toEqual(inOrder);
  for (const name of ["free", "told_to"]) {
    const steps = await stepsOf(name);
    // Both have begun before either is done; the last one waits for both.
    expect(steps.slice(0, 4)).toEqual(["START 1", "OK 1", "START 2", "START 3"]);
    expect(steps.slice(4, 6).sort()).toEqual(["OK 2", "OK 3"]);
    expect(steps.slice(6)).toEqual(["START 4", "OK 4"]);
  }
});

test("without event times a first run goes back to begin, a later one as far as lookback says", async () => {
  using folder = temporaryFolder();
  const year = new Date().getUTCFullYear();
  const config = `event_time='seen', batch_size='year', begin='${String(year - 3)}-05-05', lookback=2`;
  writeProject(folder.path, { ...EVENTS, "models/yearly.sql": model(config, "select * from {{ ref('events') }}") });
  const years = async (...args: string[]): Promise<(string | undefined)[]> => {
    const { code, stdout } = await run(["run", ...args], folder.path);
    expect(code, stdout).toBe(0);
    return (resultOf(folder.path, "yearly").batch_results?.successful ?? []).map(([start]) => start?.slice(0, 4));
  };
  const back = (count: number): string[] => Array.from({ length: count }, (_, i) => String(year - count + 1 + i));
  const all = await years();
  // A test that runs while the year changes sees one batch more.
  if (new Date().getUTCFullYear() === year) expect(all).toEqual(back(4));
  expect((await years()).length).toBe(3);
  expect((await years("--full-refresh")).length).toBe(all.length);
});

test("after a failed batch the others still run, and the summary says which one to look at", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    ...EVENTS,
    "models/daily.sql": model(
      DAILY,
      "select id, seen, case id when 2 then error('no third day')::int else 1 end as n from {{ ref('events') }}",
    ),
    "models/below.sql": "select * from {{ ref('daily') }}",
  });
  const { code, stdout } = await run(["run", ...WINDOW], folder.path);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /2 of 3 PARTIALLY created sql microbatch model main\.daily \.+ \[PARTIAL SUCCESS \(3\/4\) in /,
  );
  expect(stdout).toMatch(/Batch 3 of 4 ERROR creating batch 2025-01-03 of main\.daily \.+ \[ERROR in /);
  expect(stdout).toContain("Completed with 1 partial success and 0 warnings");
  expect(stdout).toContain("batches that failed or were left out: 2025-01-03T00:00\n");
  expect(stdout).toMatch(/DH3002 target\/compiled\/shop\/models\/daily\/daily_2025-01-03\.sql/);
  expect(stdout).toContain("PASS=1 WARN=0 ERROR=1 SKIP=1");
  expect(resultOf(folder.path, "daily").batch_results?.failed).toEqual([
    ["2025-01-03T00:00:00+00:00", "2025-01-04T00:00:00+00:00"],
  ]);
  const fast = await run(["run", "--fail-fast", "--threads", "1", ...WINDOW], folder.path);
  expect(batchSteps(fast.stdout)).toEqual(["START 1", "OK 1", "START 2", "OK 2", "START 3", "ERROR 3"]);
  expect(resultOf(folder.path, "daily").batch_results?.failed).toHaveLength(2);
});
