import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { trinoPort, trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("keys");
afterAll(() => ward.drop());

/** What Trino knows of the session in which a model was built. */
async function sessionOf(folder: string, model: string): Promise<Record<string, unknown>> {
  const report = JSON.parse(readFileSync(join(folder, "target", "run_results.json"), "utf8")) as {
    results: { unique_id: string; adapter_response: { query_id: string } }[];
  };
  const id = report.results.find(({ unique_id }) => unique_id.endsWith(`.${model}`))?.adapter_response.query_id ?? "";
  const url = `${inject("lakehouse").trino?.url ?? ""}/v1/query/${id}`;
  const answer = await fetch(url, { headers: { "X-Trino-User": "tests" } });
  return ((await answer.json()) as { session: Record<string, unknown> }).session;
}

test("Trino sees what the profile says of a session, and the tags and headers of a model", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "profiles.yml": `ward:
  target: trino
  outputs:
    trino:
      type: trino
      host: 127.0.0.1
      port: ${String(trinoPort())}
      user: nurse
      catalog: lake
      schema: ${ward.schema}
      timezone: Asia/Tokyo
      client_tags:
        - night
      session_properties:
        query_max_run_time: 3h
      roles:
        system: ALL
      http_headers:
        X-Trino-Client-Info: on call
      prepared_statements_enabled: false
      suppress_cert_warning: true
`,
    "models/plain.sql": "{{ config(materialized='table') }} select current_timezone() as zone, current_user as who",
    "models/tagged.sql":
      "{{ config(materialized='table', client_tags=['day', 'ward'], http_headers={'X-Trino-Trace-Token': 'bed 7'}) }} select 1 as n",
  });
  const ran = await run(["run"], work.path);
  expect(ran.code, ran.stdout).toBe(0);
  expect(await ward.rowsOf("plain")).toEqual([["Asia/Tokyo", "nurse"]]);
  expect(await sessionOf(work.path, "plain")).toMatchObject({
    user: "nurse",
    clientInfo: "on call",
    clientTags: ["night"],
    systemProperties: { query_max_run_time: "3h" },
  });
  const tagged = await sessionOf(work.path, "tagged");
  expect([...(tagged["clientTags"] as string[])].sort()).toEqual(["day", "ward"]);
  expect(tagged["traceToken"]).toBe("bed 7");
});

test("view_security: the definer's rights unless the invoker's are asked for", async () => {
  using work = temporaryFolder();
  const view = (security: string): string => `{{ config(materialized='view'${security}) }} select 1 as n`;
  ward.write(work.path, {
    "models/by_default.sql": view(""),
    "models/by_invoker.sql": view(", view_security='invoker'"),
    "models/by_mistake.sql": view(", view_security='nobody'"),
  });
  const ran = await run(["run"], work.path);
  expect(ran.code, ran.stdout).toBe(0);
  const securityOf = async (name: string): Promise<unknown> => {
    const [row] = await trinoRows(`show create view ${ward.schema}.${name}`);
    return /SECURITY (\w+)/.exec(String(row?.[0]))?.[1];
  };
  expect(await Promise.all(["by_default", "by_invoker", "by_mistake"].map(securityOf))).toEqual([
    ...["DEFINER", "INVOKER", "DEFINER"],
  ]);
});

test("on_table_exists: skip leaves what is there, drop makes it anew", async () => {
  using work = temporaryFolder();
  const table = (on: string): string =>
    `{{ config(materialized='table', on_table_exists='${on}') }} select {{ var('n', 1) }} as n`;
  ward.write(work.path, { "models/skipped.sql": table("skip"), "models/dropped.sql": table("drop") });
  for (const n of [1, 2]) {
    const ran = await run(["run", "--vars", `n: ${String(n)}`], work.path);
    expect(ran.code, ran.stdout).toBe(0);
  }
  expect([await ward.rowsOf("skipped"), await ward.rowsOf("dropped")]).toEqual([[[1]], [[2]]]);
});
