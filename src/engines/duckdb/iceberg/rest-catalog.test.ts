import { afterEach, expect, test, vi } from "vitest";
import type { JsonObject } from "../../../contracts/json.ts";
import type { TargetCatalog } from "../../../contracts/project.ts";
import { fakeServer, json, type FakeServer, type Seen } from "../../../../test/support/fake-server.ts";
import { raiseSchema } from "./raise-schema.ts";
import { RestCatalog } from "./rest-catalog.ts";
import { replaceView } from "./replace-view.ts";
import { swapTable } from "./swap-table.ts";

let server: FakeServer | null = null;
afterEach(async () => server?.close());

const field = (id: number, name: string, more: object = {}): object => ({
  id,
  name,
  type: "int",
  required: false,
  ...more,
});

function metadata(more: object): object {
  return {
    "format-version": 2,
    "table-uuid": "u",
    "last-sequence-number": 7,
    "current-schema-id": 0,
    "default-spec-id": 0,
    "partition-specs": [{ "spec-id": 0, fields: [] }],
    schemas: [{ "schema-id": 0, fields: [field(1, "a")] }],
    ...more,
  };
}

/** Ids are numbers there, longer than JavaScript's. */
function asServed(answer: object): string {
  return JSON.stringify(answer).replaceAll(/("(?:current-)?snapshot-id":)"(\d+)"/g, "$1$2");
}

/** A catalog that wants OAuth2 and has a prefix; `tables` are answers to GET, `commit` the status of a POST. */
async function catalog(tables: Record<string, object>, commit = 200): Promise<RestCatalog> {
  server = await fakeServer((request, response) => {
    if (request.url === "/v1/oauth/tokens") json(response, { access_token: "tok" });
    else if (request.url.startsWith("/v1/config")) json(response, { overrides: { prefix: "main" } });
    else if (request.method === "GET")
      json(response, asServed({ metadata: tables[request.url.split("/").at(-1) ?? ""] }));
    else if (request.method === "DELETE") response.writeHead(204).end();
    else if (commit === 200) json(response, {});
    else response.writeHead(commit).end(JSON.stringify({ error: { message: "branch main has changed" } }));
  });
  const settings = { endpoint: `${server.url}/`, warehouse: "w", secret: "login" };
  const secrets = [{ name: "login", type: "iceberg", client_id: "me", client_secret: "shh" }];
  const found = RestCatalog.of({ settings } as unknown as TargetCatalog, secrets);
  if (found === null) throw new Error("no catalog");
  return found;
}

const commits = (): { requirements: JsonObject[]; updates: JsonObject[]; text: string }[] =>
  (server?.seen ?? [])
    .filter((request) => request.method === "POST" && request.url.includes("/tables/"))
    .map(({ body }) => ({
      ...(JSON.parse(body) as { requirements: JsonObject[]; updates: JsonObject[] }),
      text: body,
    }));

test("logins that are not known here give no catalog", () => {
  const of = (settings: object, secrets: JsonObject[] = []): RestCatalog | null =>
    RestCatalog.of({ settings } as unknown as TargetCatalog, secrets);
  expect(of({ endpoint: "http://x", authorization_type: "SIGV4" })).toBeNull();
  expect(of({ endpoint_type: "glue" })).toBeNull();
  expect(of({ endpoint: "http://x" })).toBeNull();
  expect(of({ endpoint: "http://x", authorization_type: "none" })).not.toBeNull();
  expect(of({ endpoint: "http://x", secret: "s" }, [{ name: "s", token: "t" }])).not.toBeNull();
});

test("the token goes along, the prefix into the path, and snapshot ids stay whole", async () => {
  const rest = await catalog({ "t%20t": metadata({ "current-snapshot-id": "9007199254740993" }) });
  const table = await rest.table("a.b", "t t");
  expect(table["current-snapshot-id"]).toBe("9007199254740993");
  const asked = server?.seen.at(-1) as Seen;
  expect(asked.url).toBe("/v1/main/namespaces/a%1Fb/tables/t%20t");
  expect(asked.headers["authorization"]).toBe("Bearer tok");
});

test("a token that has run out is got anew, and a catalog that was down is asked again", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const rest = await catalog({ t: metadata({}) });
    const tokens = (): number => server?.seen.filter(({ url }) => url === "/v1/oauth/tokens").length ?? 0;
    await rest.table("s", "t");
    await rest.table("s", "t");
    expect(tokens()).toBe(1);
    vi.advanceTimersByTime(3_600_000);
    await rest.table("s", "t");
    expect(tokens()).toBe(2);
  } finally {
    vi.useRealTimers();
  }
  let isDown = true;
  await server?.close();
  server = await fakeServer(({ url }, response) => {
    if (isDown) response.writeHead(503).end("starting");
    else json(response, url.startsWith("/v1/config") ? {} : { metadata: metadata({}) });
  });
  const settings = { endpoint: server.url, authorization_type: "none" };
  const rest = RestCatalog.of({ settings } as unknown as TargetCatalog, []);
  await expect(rest?.table("s", "t")).rejects.toThrow("the catalog answered 503: starting");
  isDown = false;
  expect(await rest?.table("s", "t")).toMatchObject({ "table-uuid": "u" });
});

test("a schema that is not the latest becomes it, with another doc", async () => {
  const schemas = [
    { "schema-id": 0, fields: [field(1, "a")] },
    { "schema-id": 1, fields: [field(1, "a", { doc: " " }), field(2, "b")] },
  ];
  await raiseSchema(await catalog({ t: metadata({ schemas }) }), "s", "t");
  expect(commits()[0]?.updates).toEqual([
    { action: "add-schema", schema: { type: "struct", fields: [field(1, "a", { doc: "  " })] } },
    { action: "set-current-schema", "schema-id": -1 },
  ]);
});

test("a latest schema is left alone", async () => {
  await raiseSchema(await catalog({ t: metadata({}) }), "s", "t");
  expect(commits()).toEqual([]);
});

const NEW = {
  schemas: [{ "schema-id": 0, fields: [field(1, "z")] }],
  "current-snapshot-id": "123",
  snapshots: [{ "snapshot-id": "123", "manifest-list": "s3://new.avro", summary: { "total-records": "5" } }],
};

test("a swap unregisters the new table, then makes its snapshot the old one's next", async () => {
  const rest = await catalog({ fresh: metadata(NEW), t: metadata({ "current-snapshot-id": "456" }) });
  await swapTable(rest, "s", "fresh", "t");
  const methods = server?.seen.map(({ method, url }) => `${method} ${url}`) ?? [];
  expect(methods.indexOf("DELETE /v1/main/namespaces/s/tables/fresh?purgeRequested=false")).toBeLessThan(
    methods.indexOf("POST /v1/main/namespaces/s/tables/t"),
  );
  const [commit] = commits();
  expect(commit?.requirements).toContainEqual({ type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": 456 });
  expect(commit?.updates[2]).toMatchObject({
    snapshot: { "snapshot-id": 123, "sequence-number": 8, "manifest-list": "s3://new.avro", "schema-id": 1 },
  });
});

test("tables of different layouts are not swapped, and a race that is always lost ends", async () => {
  const parted = {
    "partition-specs": [{ "spec-id": 0, fields: [{ "source-id": 1, "field-id": 1000, transform: "day" }] }],
  };
  await expect(
    swapTable(await catalog({ fresh: metadata(NEW), t: metadata(parted) }), "s", "fresh", "t"),
  ).rejects.toThrow("partitioned in another way");
  await server?.close();
  await expect(
    swapTable(await catalog({ fresh: metadata(NEW), t: metadata({}) }, 409), "s", "fresh", "t"),
  ).rejects.toThrow("the catalog answered 409: branch main has changed");
  expect(commits()).toHaveLength(5);
});

/** A catalog of one view; `refused`: renames that it does not do. */
async function catalogOfViews(refused: readonly string[] = []): Promise<{ rest: RestCatalog; steps: () => string[] }> {
  server = await fakeServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://x");
    const wanted = request.method === "POST" ? `${pathname} ${asked(request).destination.name}` : "";
    if (pathname === "/v1/config") json(response, {});
    else if (refused.includes(wanted)) response.writeHead(409).end('{"error": {"message": "the name is taken"}}');
    else if (request.method === "DELETE") response.writeHead(404).end();
    else if (request.method === "POST") response.writeHead(204).end();
    else if (searchParams.has("pageToken")) json(response, { identifiers: [{ name: "b" }], "next-page-token": null });
    else json(response, { identifiers: [{ name: "a" }], "next-page-token": "2" });
  });
  const { url, seen } = server;
  const steps = (): string[] =>
    seen
      .filter(({ method }) => method !== "GET")
      .map((request) => {
        if (request.method === "DELETE") return `drop ${request.url}`;
        const { source, destination } = asked(request);
        return `${request.url} ${source.name} ${destination.name}`;
      });
  const settings = { endpoint: url, authorization_type: "none" };
  return { rest: RestCatalog.of({ settings } as unknown as TargetCatalog, []) as RestCatalog, steps };
}

type Renamed = Record<"source" | "destination", { namespace: string[]; name: string }>;
const asked = ({ body }: Seen): Renamed => JSON.parse(body) as Renamed;

test("views are listed page by page", async () => {
  const { rest } = await catalogOfViews();
  expect(await rest.views("s")).toEqual(["a", "b"]);
});

test("a table takes a view's place in two steps; where the second one is refused, the view comes back", async () => {
  const done = await catalogOfViews();
  await replaceView(done.rest, "s", "v__dbt_tmp", "v");
  const backup = "drop /v1/namespaces/s/views/v__dbt_backup";
  const aside = "/v1/views/rename v v__dbt_backup";
  expect(done.steps()).toEqual([backup, aside, "/v1/tables/rename v__dbt_tmp v", backup]);
  await server?.close();
  const back = "/v1/views/rename v__dbt_backup v";
  const { rest, steps } = await catalogOfViews(["/v1/tables/rename v"]);
  await expect(replaceView(rest, "s", "v__dbt_tmp", "v")).rejects.toThrow(
    "answered 409: the name is taken. The view is as it was",
  );
  expect(steps()).toEqual([backup, aside, "/v1/tables/rename v__dbt_tmp v", back]);
  await server?.close();
  const other = await catalogOfViews(["/v1/tables/rename v", "/v1/views/rename v"]);
  await expect(replaceView(other.rest, "s", "v__dbt_tmp", "v")).rejects.toThrow("now called v__dbt_backup");
});
