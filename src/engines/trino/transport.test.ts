import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { fakeServer, json, type Answer, type FakeServer } from "../../../test/support/fake-server.ts";
import { readCredentials } from "./credentials.ts";
import { TrinoTransport } from "./transport.ts";

let server: FakeServer | null = null;
afterEach(() => server?.close());

async function connect(answer: Answer): Promise<TrinoTransport> {
  server = await fakeServer(answer);
  const profile = { host: "127.0.0.1", port: server.port, user: "me", catalog: "lake", schema: "s" };
  const read = readCredentials(profile, "/");
  if ("problem" in read) throw new Error(read.problem);
  return new TrinoTransport(read.credentials, "test");
}

test("USE changes the catalog and the schema that later statements are sent with", async () => {
  const told = { "x-trino-set-catalog": "mill", "x-trino-set-schema": "grain" };
  const transport = await connect(({ body }, response) =>
    json(response, { id: "q" }, body.startsWith("use") ? told : {}),
  );
  await transport.submit("use mill.grain");
  await transport.submit("select 1");
  expect(server?.seen[1]?.headers).toMatchObject({ "x-trino-catalog": "mill", "x-trino-schema": "grain" });
});

test("a statement follows where a gateway sends it", async () => {
  const transport = await connect(({ url, body }, response) => {
    if (url === "/v1/statement") response.writeHead(307, { location: "/cluster-b/v1/statement" }).end();
    else json(response, { id: "q", columns: [], data: [[body]] });
  });
  expect((await transport.submit("select 1")).data).toEqual([["select 1"]]);
  expect(server?.seen.map(({ url }) => url)).toEqual(["/v1/statement", "/v1/statement", "/cluster-b/v1/statement"]);
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
])("an answer that was packed all the same is read: %s", async (coding, pack) => {
  const page = pack(JSON.stringify({ id: "q", columns: [], data: [["käse"]] }));
  const transport = await connect((_request, response) =>
    response.writeHead(200, { "content-encoding": coding }).end(page),
  );
  expect((await transport.submit("select 1")).data).toEqual([["käse"]]);
});

test("a proxy of the environment is asked for the server's page", async () => {
  const gateway = await fakeServer(({ url }, response) => json(response, { id: "q", columns: [], data: [[url]] }));
  vi.stubEnv("http_proxy", gateway.url);
  vi.stubEnv("no_proxy", "");
  try {
    const transport = await connect((_request, response) => response.writeHead(500).end());
    expect((await transport.submit("select 1")).data).toEqual([[`${String(server?.url)}/v1/statement`]]);
    expect(server?.seen).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
    await gateway.close();
  }
});
