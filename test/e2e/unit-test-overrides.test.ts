import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const UNIT_TESTS = `unit_tests:
  - name: fixed
    model: told
    given: []
    overrides: {macros: {invocation_id: 123, greeting: hello}}
    expect: {rows: [{run: 123, greeting: hello}]}
`;

test("an override replaces a macro's answer and a plain name's value; one of a name twice is refused", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "macros/greeting.sql": "{% macro greeting() %}hi{% endmacro %}",
    "models/told.sql": "select {{ invocation_id }} as run, '{{ greeting() }}' as greeting",
    "models/told.yml": UNIT_TESTS,
  });
  const ran = await run(["test"], folder.path);
  expect(ran.stdout).toContain("PASS told::fixed");
  expect(ran.code).toBe(0);
  writeProject(folder.path, { "models/again.yml": UNIT_TESTS });
  expect((await run(["parse"], folder.path)).stdout).toContain('dbt found two unit_tests with the name "fixed"');
});
