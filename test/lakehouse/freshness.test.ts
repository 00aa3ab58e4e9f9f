import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("freshness");
const { schema } = ward;

beforeAll(() => trinoRows(`create schema ${schema}`));
afterAll(() => ward.drop());

interface Measured {
  readonly status: string;
  readonly max_loaded_at?: string;
}

/** Measures sources without a loaded_at_field; gives the program's lines and what sources.json says, by table. */
async function measure(
  tables: readonly string[],
  more = "",
): Promise<{ code: number | null; stdout: string; of: Record<string, Measured> }> {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/sources.yml": `sources:
  - name: ward
    schema: ${schema}
    config: { freshness: { error_after: { count: 1, period: day }${more} } }
    tables: [${tables.map((name) => `{ name: ${name} }`).join(", ")}]
`,
  });
  const { code, stdout } = await run(["source", "freshness"], work.path);
  const { results } = JSON.parse(readFileSync(join(work.path, "target", "sources.json"), "utf8")) as {
    results: (Measured & { unique_id: string })[];
  };
  const of = Object.fromEntries(
    results.map((result): [string, Measured] => [result.unique_id.split(".").at(-1) ?? "", result]),
  );
  return { code, stdout, of };
}

const lastCommit = async (table: string, where = "true"): Promise<string> =>
  String(
    (
      await trinoRows(
        `select to_iso8601(at_timezone(max(committed_at), 'UTC')) from ${schema}."${table}$snapshots" where ${where}`,
      )
    )[0]?.[0],
  );

const moment = (text: string | undefined): number => new Date(text ?? "").getTime();

test("without a loaded_at_field an Iceberg table's snapshots say how fresh it is", async () => {
  await trinoRows(`create table ${schema}.arrivals as select 1 as n`);
  await trinoRows(`insert into ${schema}.arrivals values 2`);
  const { code, stdout, of } = await measure(["arrivals"]);
  expect(code, stdout).toBe(0);
  expect(of["arrivals"]?.status).toBe("pass");
  expect(moment(of["arrivals"]?.max_loaded_at)).toBe(moment(await lastCommit("arrivals")));
});

test("a compaction makes a table no fresher", async () => {
  await trinoRows(`create table ${schema}.compacted as select 1 as n`);
  await trinoRows(`insert into ${schema}.compacted values 2`);
  const loaded = await lastCommit("compacted");
  await trinoRows(`alter table ${schema}.compacted execute optimize`);
  expect(await lastCommit("compacted")).not.toBe(loaded);
  const { of } = await measure(["compacted"]);
  expect(moment(of["compacted"]?.max_loaded_at)).toBe(moment(loaded));
});

test("what a rollback took back does not count", async () => {
  await trinoRows(`create table ${schema}.rolled as select 1 as n`);
  const first = await lastCommit("rolled");
  const snapshot = (await trinoRows(`select cast(snapshot_id as varchar) from ${schema}."rolled$snapshots"`))[0]?.[0];
  await trinoRows(`insert into ${schema}.rolled values 2`);
  await trinoRows(`alter table ${schema}.rolled execute rollback_to_snapshot(snapshot_id => ${String(snapshot)})`);
  const { of } = await measure(["rolled"]);
  expect(moment(of["rolled"]?.max_loaded_at)).toBe(moment(first));
});

test("a view has no snapshots: an error for it alone, which says what to do", async () => {
  await trinoRows(`create table ${schema}.beds as select 1 as n`);
  await trinoRows(`create view ${schema}.beds_view as select * from ${schema}.beds`);
  const { code, stdout, of } = await measure(["beds", "beds_view"]);
  expect(code).toBe(1);
  expect(of["beds"]?.status).toBe("pass");
  expect(of).not.toHaveProperty("beds_view");
  expect(stdout).toContain("only Iceberg tables tell when they were last written");
  expect(stdout).toContain("TABLE_NOT_FOUND");
  expect(stdout).toContain("Give the source a 'loaded_at_field' or a 'loaded_at_query'");
});

test("a filter has nothing to work on, and a warning says so", async () => {
  await trinoRows(`create table ${schema}.filtered as select 1 as n`);
  const { code, stdout } = await measure(["filtered"], ", filter: n > 1");
  expect(code, stdout).toBe(0);
  expect(stdout).toContain("A filter cannot be applied to a metadata freshness check on source 'filtered'.");
});
