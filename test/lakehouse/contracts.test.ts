import { afterAll, expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("contracts");
afterAll(() => ward.drop());

const PROPERTIES = `models:
  - name: promised
    config: { contract: { enforced: true }, materialized: table }
    constraints: [{ type: check, expression: id > 0 }, { type: primary_key, columns: [id] }]
    columns:
      - { name: id, data_type: integer, constraints: [{ type: not_null }, { type: unique }, { type: check, expression: id > 0 }] }
      - { name: '"a word"', data_type: varchar }
`;

test("of a contract's constraints only NOT NULL is sent, and holds; the others are warned of", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/promised.sql": `select cast({{ var('id', '1') }} as integer) as id, 'x' as "a word"`,
    "models/promised.yml": PROPERTIES,
  });
  const first = await run(["run"], work.path);
  expect(first.code, first.stdout).toBe(0);
  for (const kind of ["check", "unique", "primary_key"])
    expect(first.stdout).toContain(`The constraint type ${kind} is not supported by trino, and will be ignored`);
  expect(await ward.rowsOf("promised")).toEqual([[1, "x"]]);

  const broken = await run(["run", "--vars", "id: 'null'"], work.path);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain("NULL value not allowed for NOT NULL column: id");
  expect(await ward.rowsOf("promised")).toEqual([[1, "x"]]);
});

test("show sends a model's sql_header before its query", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/headed.sql": `{% call set_sql_header(config) %}with numbers as (select {{ var('n', 1) }} as n){% endcall %}
select n from numbers`,
  });
  const shown = await run(["show", "--select", "headed", "--vars", "n: 5", "--output", "json", "--quiet"], work.path);
  expect(shown.code, shown.stdout).toBe(0);
  expect(JSON.parse(shown.stdout)).toEqual({ node: "headed", show: [{ n: 5 }] });
});
