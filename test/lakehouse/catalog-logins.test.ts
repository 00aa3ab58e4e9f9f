import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { fakeServer, json, type FakeServer } from "../support/fake-server.ts";
import { FlightClient } from "../support/flight-client.ts";
import { ended, serve } from "../support/flight-server.ts";
import { faultyProxy, type FaultyProxy } from "../support/faulty-proxy.ts";
import { dropSchema, lakeProject, trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

// The lakehouse's catalog lets everybody in. A door before it opens to who brings a token of the server beside it.
const SCHEMA = `logins_${String(process.pid)}`;
const CLIENT = { client_id: "ward", client_secret: "s3same/open+ü" };
const token = randomUUID();
let door: FaultyProxy;
let tokens: FakeServer;

beforeAll(async () => {
  door = await faultyProxy(inject("lakehouse").catalog?.url ?? "");
  tokens = await fakeServer(({ body, headers }, response) => {
    const said = Buffer.from(headers.authorization?.replace("Basic ", "") ?? "", "base64").toString("utf8");
    const isKnown = said === `${CLIENT.client_id}:${CLIENT.client_secret}`;
    if (isKnown && new URLSearchParams(body).get("grant_type") === "client_credentials")
      json(response, { access_token: token, token_type: "bearer", expires_in: 3600 });
    else
      response
        .writeHead(401, { "content-type": "application/json" })
        .end(JSON.stringify({ error: "invalid_client", error_description: "nobody here is called that" }));
  });
  door.fault = (_method, _path, { authorization }) => (authorization === `Bearer ${token}` ? "pass" : 401);
});

afterAll(async () => {
  await door.stop();
  await tokens.close();
  await dropSchema(SCHEMA);
});

/** A project whose catalog asks for a login by OAuth2, with this secret of the profile. */
function project(folder: string, secret: Record<string, string>): void {
  const files = lakeProject(SCHEMA);
  const profiles = JSON.parse(files["profiles.yml"] ?? "") as { ward: { outputs: { duck: { secrets: unknown[] } } } };
  profiles.ward.outputs.duck.secrets.push({ type: "iceberg", name: "door", ...secret });
  const { catalogs } = JSON.parse(files["catalogs.yml"] ?? "") as { catalogs: { config: { duckdb: object } }[] };
  for (const { config } of catalogs)
    Object.assign(config.duckdb, { endpoint: door.url, authorization_type: "oauth2", secret: "door" });
  writeProject(folder, {
    ...files,
    "profiles.yml": JSON.stringify(profiles),
    "catalogs.yml": JSON.stringify({ catalogs }),
    "models/visits.sql": "select {{ var('n', 1) }} as n",
    "models/log.sql": "{{ config(materialized='incremental', unique_key='n') }} select * from {{ ref('visits') }}",
  });
}

test("a client's id and secret are changed for a token, for what DuckDB asks and for what we ask", async () => {
  using work = temporaryFolder();
  project(work.path, { ...CLIENT, oauth2_server_uri: `${tokens.url}/token` });
  for (const n of [1, 2]) {
    const { code, stdout } = await run(["run", "--vars", `{n: ${String(n)}}`], work.path);
    expect(code, stdout).toBe(0);
  }
  expect(await trinoRows(`select n from ${SCHEMA}.visits`)).toEqual([[2]]);
  expect(await trinoRows(`select count(*) from ${SCHEMA}.log`)).toEqual([[2]]);
  // What DuckDB has no statement for goes from us to the catalog: its views, at the beginning of a run.
  const agents = tokens.seen.map(({ headers }) => /^duckdb/.test(headers["user-agent"] ?? ""));
  expect(new Set(agents)).toEqual(new Set([true, false]));
  const debug = await run(["debug"], work.path);
  expect(debug.code, debug.stdout).toBe(0);
});

test("a run that writes nothing there does not log in", async () => {
  using work = temporaryFolder();
  project(work.path, { ...CLIENT, oauth2_server_uri: `${tokens.url}/token` });
  const asked = tokens.seen.length;
  const { code, stdout } = await run(["show", "--inline", "select 7 as n"], work.path);
  expect(code, stdout).toBe(0);
  expect(tokens.seen.length).toBe(asked);
});

test("a locked server logs in as well", async () => {
  using work = temporaryFolder();
  project(work.path, { ...CLIENT, oauth2_server_uri: `${tokens.url}/token` });
  const { code, stdout } = await run(["run", "--vars", "{n: 1}"], work.path);
  expect(code, stdout).toBe(0);
  const { child, port } = await serve(work.path);
  const client = new FlightClient(port);
  const found = await client.get({ sql: `select n from pond.${SCHEMA}.visits` });
  expect(found.getChild("n")?.get(0)).toBe(1);
  client.close();
  expect(await ended(child)).toBe(0);
});

test("a token of the profile is taken as it is", async () => {
  using work = temporaryFolder();
  project(work.path, { token });
  const { code, stdout } = await run(["run"], work.path);
  expect(code, stdout).toBe(0);
});

test.each<[string, Record<string, string>]>([
  ["a wrong secret", { client_id: "ward", client_secret: "wr0ng-secret" }],
  ["a wrong token", { token: "wr0ng-token" }],
])("%s is refused, and said without it", async (_name, secret) => {
  using work = temporaryFolder();
  project(work.path, { ...secret, ...("token" in secret ? {} : { oauth2_server_uri: `${tokens.url}/token` }) });
  const { code, stdout, stderr } = await run(["run"], work.path);
  expect(code, stdout).toBe(2);
  expect(stdout).toMatch(/401|[Uu]nauthorized|invalid_client/);
  expect(stdout + stderr).not.toContain("wr0ng");
  const debug = await run(["debug"], work.path);
  expect(debug.code).toBe(1);
  expect(debug.stdout).not.toContain("wr0ng");
});
