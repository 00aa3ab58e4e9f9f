import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

test("show: values as dbt prints them, versions by name, and private models for whoever asks", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "models/values_v2.sql":
      "select timestamp '2024-01-02 03:04:05.5' as at, timestamptz '2024-01-02 03:04:05+00' as zoned, 2::double as two, 3.00::decimal(5, 2) as three, 4 as four",
    "models/values.yml": `groups: [{name: few, owner: {name: us}}]
models: [{name: values, config: {group: few, access: private, materialized: table}, latest_version: 2, versions: [{v: 2}]}]
`,
  });
  const json = await run(["show", "-s", "values", "--output", "json", "--quiet"], work.path);
  expect(json.code, json.stdout).toBe(0);
  expect(json.stdout).toContain('"node": "values.v2"');
  for (const part of [
    '"at": "2024-01-02T03:04:05.500000"',
    '"zoned": "2024-01-02T03:04:05+00:00"',
    '"two": 2.0',
    '"three": 3.0',
    '"four": 4\n',
  ])
    expect(json.stdout).toContain(part);
  expect((await run(["show", "-s", "values"], work.path)).stdout).toContain("Previewing node 'values.v2':");
  expect((await run(["run"], work.path)).code).toBe(0);
  const inline = await run(["show", "--inline", "select four from {{ ref('values') }}"], work.path);
  expect(inline.code, inline.stdout).toBe(0);
});

test("show --inline-direct sends a query as it is, whatever state the project's files are in", async () => {
  using work = temporaryFolder();
  writeProject(work.path, { "models/broken.sql": "select {{ 1 +" });
  const sql = "select i, '{{ x }}' as text from range(7) r(i)";
  const shown = await run(["show", "--inline-direct", sql, "--limit", "2", "--output", "json", "--quiet"], work.path);
  expect(shown.code, shown.stdout).toBe(0);
  expect(JSON.parse(shown.stdout)).toEqual({
    show: [
      { i: 0, text: "{{ x }}" },
      { i: 1, text: "{{ x }}" },
    ],
  });
  const failed = await run(["show", "--inline-direct", "select nothing"], work.path);
  expect(failed.code).toBe(2);
  expect(failed.stdout).toContain('Referenced column "nothing"');
  const both = await run(["show", "--inline-direct", "select 1", "-s", "broken"], work.path);
  expect(both.code).toBe(2);
  expect(both.stdout + both.stderr).toContain("inline_direct: not allowed with argument select");
});
