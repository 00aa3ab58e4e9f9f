import { RecordBatchFileWriter, RecordBatchStreamWriter, tableFromArrays } from "apache-arrow";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const work = temporaryFolder();
afterAll(() => work[Symbol.dispose]());

beforeAll(() => {
  writeProject(work.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({
      ward: { target: "dev", outputs: { dev: { type: "duckdb", path: "ward.duckdb", schema: "health" } } },
    }),
    "in/a.csv": "id,name\n1,north\n2,\n",
    "in/b.csv": "id,name,beds\n3,south,12\n",
    "in/_SUCCESS": "",
    "late.csv": `id\n${Array.from({ length: 30_000 }, (_, index) => index).join("\n")}\n1.5\n`,
    "rows.ndjson": '{"id": 1, "tags": ["a"]}\n{"id": 2, "more": {"x": 1}}\n',
    "broken.parquet": "no Parquet at all",
    "odd[1].csv": "id\n7\n",
  });
  const table = tableFromArrays({ id: Int32Array.from([1, 2, 3]), name: ["x", "y", null] });
  writeFileSync(join(work.path, "file.arrow"), RecordBatchFileWriter.writeAll(table).toUint8Array(true));
  writeFileSync(join(work.path, "stream.arrows"), RecordBatchStreamWriter.writeAll(table).toUint8Array(true));
  writeFileSync(
    join(work.path, "torn.arrow"),
    RecordBatchStreamWriter.writeAll(table).toUint8Array(true).subarray(0, 300),
  );
});

const ingest = (...args: string[]): Promise<Ran> => run(["ingest", ...args], work.path);

async function rowsOf(sql: string): Promise<unknown> {
  const { stdout, stderr } = await run(["query", sql, "--format", "json"], work.path);
  expect(stdout, stderr).not.toBe("");
  return (JSON.parse(stdout) as { rows: unknown }).rows;
}

test("a folder of CSV files becomes a table with the columns of all of them", async () => {
  const { code, stdout, stderr } = await ingest("in", "--table", "wards", "--output", "json");
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    ...{ schema_version: 1, mode: "create", rows: 3, target: "duckdb", table: "ward.health.wards" },
    ...{ rule: "only-engine", reason: "only ward can have it", files: 2, duration_ms: expect.any(Number) as number },
  });
  expect(await rowsOf("select id, name, beds from wards order by id")).toEqual([
    ["1", "north", null],
    ["2", null, null],
    ["3", "south", "12"],
  ]);
  const again = await ingest("in", "--table", "wards");
  expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/DH1807.*wards exists already/s)]);
});

test("modes, patterns, qualified names, and one line of what was done", async () => {
  mkdirSync(join(work.path, "deep"));
  const put = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(["ingest", ...args], join(work.path, "deep"), {
      DBT_PROFILES_DIR: "..",
    });
    expect(code, stderr).toBe(0);
    return stdout.trim();
  };
  expect(await put("../in/*.csv", "--table", "other.beds")).toBe(
    "3 rows of 2 files into ward.other.beds on duckdb (only-engine: only ward can have it)",
  );
  await put("../in/a.csv", "--table", "ward.other.beds", "--mode", "append");
  expect(await rowsOf("select count(*), count(beds) from other.beds")).toEqual([["5", "1"]]);
  await put("../odd[1].csv", "--table", "other.beds", "--mode", "replace");
  expect(await rowsOf("from other.beds")).toEqual([["7"]]);
});

test("a column's type is that of all its rows; JSON keeps its structure", async () => {
  expect((await ingest("late.csv", "--table", "late")).code).toBe(0);
  expect(await rowsOf("select count(*), max(id) from late where typeof(id) = 'DOUBLE'")).toEqual([["30001", 29999]]);
  expect((await ingest("rows.ndjson", "--table", "events")).code).toBe(0);
  expect(await rowsOf("select id, tags, more.x from events order by id")).toEqual([
    ["1", ["a"], null],
    ["2", null, "1"],
  ]);
});

test("Arrow files and streams", async () => {
  const { code, stderr } = await ingest("file.arrow", "stream.arrows", "--table", "arrows");
  expect(code, stderr).toBe(0);
  expect(await rowsOf("select count(*), sum(id), count(name) from arrows")).toEqual([["6", expect.anything(), "4"]]);
});

test("what fails says where, and leaves nothing", async () => {
  const torn = await ingest("torn.arrow", "--table", "nothing");
  expect([torn.code, torn.stderr]).toEqual([1, expect.stringMatching(/DH1813.*torn\.arrow/s)]);
  const broken = await ingest("broken.parquet", "--table", "nothing");
  expect([broken.code, broken.stderr]).toEqual([1, expect.stringMatching(/DH1813.*broken\.parquet/s)]);
  for (const [args, message] of [
    [["nowhere*.csv", "--table", "t"], /DH1814.*nowhere/s],
    [["in/a.csv", "rows.ndjson", "--table", "t"], /DH1814.*different formats/s],
    [["in/a.csv"], /--table/],
    [["in/a.csv", "--table", "t", "--mode", "upsert"], /--mode/],
    [["in/a.csv", "--table", "mars.health.t"], /DH1809.*mars\.health\.t/s],
    [["in/a.csv", "--table", "t", "--engine", "trino"], /DH1809.*catalogs\.yml/s],
  ] as const) {
    const { code, stderr } = await ingest(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  }
  expect(await rowsOf("select table_name from duckdb_tables() where table_name in ('t', 'nothing')")).toEqual([]);
  expect(readdirSync(work.path).filter((name) => name.startsWith("duckhouse-upload"))).toEqual([]);
});
