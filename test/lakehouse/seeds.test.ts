import { afterAll, expect, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("seeds");
const { schema } = ward;
afterAll(() => ward.drop());

test("every kind of value arrives as it stands in the file", async () => {
  using work = temporaryFolder();
  const types = {
    id: "bigint",
    name: "varchar",
    born: "date",
    weight: "decimal(9,3)",
    score: "double",
    active: "boolean",
    seen: "timestamp(6)",
    seen_tz: "timestamp(6) with time zone",
    raw: "varbinary",
    code: "uuid",
    at: "time(6)",
  };
  ward.write(work.path, {
    "seeds/kinds.csv": `${Object.keys(types).join(",")}
9007199254740993,"O'Neil ""x""; -- ? \\ \\u0041 žluť 😀",2024-02-29,123456.789,1e300,true,2024-01-01 10:00:00.123456,2024-01-01 10:00:00.5 +02:00,cafe,12151fd2-7586-11e9-8f9e-2a86e4085a59,10:00:00.25
,"line one
line two",,,,,,,,,
3,"  kept  ",1969-12-31,-0.001,-0.5,false,1969-12-31 23:59:59,1969-12-31 23:59:59 UTC,00,00000000-0000-0000-0000-000000000000,00:00:00
`,
    "seeds/properties.yml": `seeds: [{ name: kinds, config: { column_types: ${JSON.stringify(types)} } }]\n`,
  });
  const { code, stdout } = await run(["seed"], work.path);
  expect(code, stdout).toBe(0);
  const cells = Object.entries(types).map(([name, type]) =>
    type === "varbinary" ? `to_hex(${name})` : `cast(${name} as varchar)`,
  );
  expect(await trinoRows(`select ${cells.join(", ")} from ${schema}.kinds order by id`)).toEqual([
    ["3", "  kept  ", "1969-12-31", "-0.001", "-5.0E-1", "false", "1969-12-31 23:59:59.000000"].concat([
      "1969-12-31 23:59:59.000000 UTC",
      "00",
      "00000000-0000-0000-0000-000000000000",
      "00:00:00.000000",
    ]),
    ["9007199254740993", `O'Neil "x"; -- ? \\ \\u0041 žluť 😀`, "2024-02-29", "123456.789", "1.0E300", "true"].concat([
      "2024-01-01 10:00:00.123456",
      "2024-01-01 08:00:00.500000 UTC",
      "CAFE",
      "12151fd2-7586-11e9-8f9e-2a86e4085a59",
      "10:00:00.250000",
    ]),
    [null, "line one\nline two", null, null, null, null, null, null, null, null, null],
  ]);
});

test("whole numbers with a zero behind the point are whole numbers", async () => {
  using work = temporaryFolder();
  ward.write(work.path, { "seeds/hours.csv": "id,hours,big,part\n1,27.0,3000000000.0,1.50\n2,,1,2\n3,3e2,1,2\n" });
  const { code, stdout } = await run(["seed"], work.path);
  expect(code, stdout).toBe(0);
  expect(
    await trinoRows(`select hours, typeof(hours), typeof(big), typeof(part) from ${schema}.hours order by id`),
  ).toEqual([27, null, 300].map((hours) => [hours, "integer", "bigint", "double"]));
});

test("a seed above the length of one statement goes in by several, without a row lost", async () => {
  using work = temporaryFolder();
  const rows = Array.from(
    { length: 12_000 },
    (_, index) => `${String(index)},${`it's long ${String(index)} `.repeat(6)}`,
  );
  ward.write(work.path, { "seeds/long.csv": `n,note\n${rows.join("\n")}\n` });
  const { code, stdout } = await run(["seed"], work.path);
  expect(code, stdout).toBe(0);
  expect(stdout).toContain("INSERT 12000");
  expect(await trinoRows(`select count(*), sum(n), max(length(note)) from ${schema}.long`)).toEqual([
    [12_000, (12_000 * 11_999) / 2, "it's long 11999 ".length * 6],
  ]);
  expect(Number((await trinoRows(`select count(*) from ${schema}."long$snapshots"`))[0]?.[0])).toBeGreaterThan(2);
});

test("intervals, which no text can be cast to, still go in where a connector keeps them", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "seeds/spans.csv": "n,span\n1.0,'2' day\n2,\n",
    "seeds/properties.yml": `seeds: [{ name: spans, config: { database: memory, column_types: { span: interval day to second } } }]\n`,
  });
  const { code, stdout } = await run(["seed"], work.path);
  expect(code, stdout).toBe(0);
  expect(await trinoRows(`select n, cast(span as varchar) from memory.${schema}.spans order by 1`)).toEqual([
    [1, "2 00:00:00.000"],
    [2, null],
  ]);
  await trinoRows(`drop table memory.${schema}.spans`);
  await trinoRows(`drop schema memory.${schema}`);
});
