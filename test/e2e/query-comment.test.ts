import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const FILES = {
  "models/a.sql": "select 1 as n",
  "models/wrong.sql": "select 1 as n,\n  nope as b",
  "macros/ask.sql": "{% macro ask() %}{% do run_query('select 42') %}{% endmacro %}",
};

/** The statements of the log with the given word in them, as they were sent. */
function sent(folder: string, word: string): string[] {
  const log = readFileSync(join(folder, "logs", "dbt.log"), "utf8").replaceAll(
    /^.*?\d\d:\d\d:\d\d\S* *(?:\[.*?\] *)*/gm,
    "",
  );
  return log.split(/^On /m).filter((text) => text.includes(word));
}

async function runWith(folder: string, setting: string, args: string[] = ["run"]): Promise<Ran> {
  rmSync(join(folder, "logs"), { recursive: true, force: true });
  writeProject(folder, {
    ...FILES,
    "dbt_project.yml": `name: shop\nversion: '1.0'\nprofile: shop\non-run-start: select 'hook'\n${setting}\n`,
  });
  return run(args, folder);
}

test("every statement says for whom it runs, and places of errors do not count that", async () => {
  using work = temporaryFolder();
  const ran = await runWith(work.path, "");
  expect(ran.stdout).toContain("target/compiled/shop/models/wrong.sql:2:3");
  expect(ran.stdout).toContain("LINE 4:   nope as b");
  const start = '/* {"app": "dbt", "dbt_version": "1.12.0", "profile_name": "shop", "target_name": "dev", ';
  expect(sent(work.path, 'view "shop"."main"."a"')[0]).toMatch(/\n {2}create view "shop"\."main"\."a" as \(\n/);
  expect(sent(work.path, 'view "shop"."main"."a"')[0]).toContain(
    `model.shop.a: ${start}"node_id": "model.shop.a"} */\n`,
  );
  expect(sent(work.path, "select 'hook'")[0]).toContain(`master: ${start}"connection_name": "master"} */\n`);
  await runWith(work.path, "", ["run-operation", "ask"]);
  expect(sent(work.path, "select 42")[0]).toContain(`macro_ask: ${start}"connection_name": "macro_ask"} */\n`);
});

test("a comment behind the statement, and none", async () => {
  using work = temporaryFolder();
  const behind = await runWith(work.path, "query-comment: {comment: 'by {{ node.name }}', append: true}");
  expect(behind.stdout).toContain("target/compiled/shop/models/wrong.sql:2:3");
  expect(sent(work.path, 'view "shop"."main"."a"')[0]).toMatch(/\)\n\/\* by a \*\/;/);
  await runWith(work.path, "query-comment:");
  expect(sent(work.path, "/*")).toEqual([]);
});

test("a comment that cannot be made ends the command before anything runs; one that fails for a node fails the node", async () => {
  using work = temporaryFolder();
  const refused = await runWith(work.path, 'query-comment: "bad */"');
  expect(refused.code).toBe(2);
  expect(refused.stdout).toMatch(/DH1005 .*dbt_project\.yml[\s\S]*illegal value "\*\/": bad \*\//);
  const node = await runWith(work.path, `query-comment: "{{ node.name if node.name != 'wrong' else '*/' }}"`);
  expect(node.code).toBe(1);
  expect(node.stdout).toMatch(/Runtime Error in model wrong[\s\S]*illegal value/);
  expect(node.stdout).toContain("PASS=2 WARN=0 ERROR=1");
});
