import { afterEach, expect, test } from "vitest";
import { fakeServer, json, type Answer, type FakeServer } from "../../../test/support/fake-server.ts";
import { TrinoClient } from "./client.ts";
import { readCredentials } from "./credentials.ts";
import { routingHeaders } from "./routing-headers.ts";
import { openTrino } from "./session.ts";
import { TrinoTransport } from "./transport.ts";

let server: FakeServer | null = null;
const waits: number[] = [];

afterEach(async () => {
  await server?.close();
  server = null;
  waits.length = 0;
});

async function connect(answer: Answer, fields: Record<string, unknown> = {}): Promise<TrinoClient> {
  server = await fakeServer(answer);
  const profile = { host: "127.0.0.1", port: server.port, user: "me", catalog: "lake", schema: "s", ...fields };
  const read = readCredentials(profile, "/");
  if ("problem" in read) throw new Error(read.problem);
  return new TrinoClient(new TrinoTransport(read.credentials, "test"), read.credentials.attempts, { wait });
}

function wait(ms: number): Promise<void> {
  waits.push(ms);
  return Promise.resolve();
}

test("pages are followed to the end, those without rows too; bigints are exact", async () => {
  const client = await connect(({ url }, response, base) => {
    if (url === "/v1/statement") json(response, { id: "q1", nextUri: `${base}/2` });
    else if (url === "/2") json(response, { id: "q1", columns: [{ name: "n", type: "bigint" }], nextUri: `${base}/3` });
    else json(response, `{"id":"q1","columns":[{"name":"n","type":"bigint"}],"data":[[9007199254740993]]}`);
  });
  const result = await client.run("select n");
  expect(result).toMatchObject({ queryId: "q1", rows: [["9007199254740993"]], updateType: null });
  expect(server?.seen[0]).toMatchObject({ method: "POST", body: "select n" });
  expect(server?.seen[0]?.headers).toMatchObject({
    "x-trino-user": "me",
    "x-trino-catalog": "lake",
    "x-trino-client-capabilities": "PARAMETRIC_DATETIME",
  });
});

test("what was written is known from whichever page says it", async () => {
  const client = await connect(({ url }, response, base) => {
    if (url === "/v1/statement") json(response, { id: "q", nextUri: `${base}/2` });
    else if (url === "/2")
      json(response, { id: "q", updateType: "CREATE TABLE", updateCount: 5, nextUri: `${base}/3` });
    else json(response, { id: "q" });
  });
  expect(await client.run("create table t as select 1")).toMatchObject({ updateType: "CREATE TABLE", updateCount: 5 });
});

test("an error carries Trino's name, the query and the place in the whole text", async () => {
  const error = {
    message: "line 2:8: no",
    errorName: "COLUMN_NOT_FOUND",
    errorLocation: { lineNumber: 2, columnNumber: 8 },
  };
  const client = await connect((_request, response) => json(response, { id: "q9", error }));
  await expect(client.run("select\n x", { before: 10, last: 12 })).rejects.toMatchObject({
    engineCode: "COLUMN_NOT_FOUND",
    line: 12,
    column: 8,
    queryId: "q9",
    message: "COLUMN_NOT_FOUND: line 12:8: no (query q9)",
  });
});

test("a failure outside the SQL names what lies at the bottom of it", async () => {
  const refused = { message: "Access Denied (Service: S3, Status Code: 403)" };
  const error = {
    message: "Error committing write",
    errorName: "HIVE_WRITER_CLOSE_ERROR",
    errorType: "EXTERNAL",
    failureInfo: { message: "Error committing write", cause: { cause: refused, message: "Put failed" } },
  };
  const client = await connect((_request, response) => json(response, { id: "q", error }));
  await expect(client.run("select 1")).rejects.toThrow(
    "HIVE_WRITER_CLOSE_ERROR: Error committing write (query q). Cause: Access Denied (Service: S3, Status Code: 403)",
  );
});

test("what says that it is busy is asked again, after the time it names", async () => {
  let tries = 0;
  const client = await connect((_request, response) => {
    tries++;
    if (tries === 1) response.writeHead(503).end();
    else if (tries === 2) response.writeHead(429, { "retry-after": "2" }).end();
    else json(response, { id: "q", updateType: "INSERT", updateCount: 3 });
  });
  expect(await client.run("insert into t values 1")).toMatchObject({ updateType: "INSERT", updateCount: 3 });
  expect(waits).toEqual([expect.any(Number), 2000]);
});

test("a write whose connection broke is not sent again: its outcome is unknown", async () => {
  const client = await connect(({ method }, response) => {
    if (method === "POST") response.socket?.destroy();
  });
  await expect(client.run("insert into t values 1")).rejects.toThrow(/whether it ran is unknown/);
  expect(server?.seen).toHaveLength(1);
  await expect(client.run("select 1")).rejects.toThrow(/Could not reach/);
  expect(server?.seen).toHaveLength(4);
});

test("a server that takes a statement and says nothing more does not hold the run", async () => {
  server = await fakeServer(({ method }, response, base) => {
    if (method === "POST") json(response, { id: "q", nextUri: `${base}/silence` });
  });
  const profile = { host: "127.0.0.1", port: server.port, user: "me", catalog: "lake", schema: "s" };
  const read = readCredentials(profile, "/");
  if ("problem" in read) throw new Error(read.problem);
  const client = new TrinoClient(new TrinoTransport(read.credentials, "test", 50), 2, { wait });
  await expect(client.run("select 1")).rejects.toMatchObject({
    message: expect.stringMatching(/Could not reach .*ECONNABORTED \(timeout of 50ms exceeded\) \(query q\)/) as string,
    hint: expect.stringContaining("ended or was restarted") as string,
  });
  expect(server.seen.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
});

test("a server that was restarted no longer knows the query", async () => {
  const client = await connect(({ method }, response, base) => {
    if (method === "POST") json(response, { id: "q", nextUri: `${base}/next` });
    else response.writeHead(404).end("Query not found");
  });
  await expect(client.run("insert into t values 1")).rejects.toMatchObject({
    message: expect.stringMatching(/answered 404: Query not found \(query q\)/) as string,
    hint: expect.stringContaining("Run again when it answers") as string,
  });
});

test("a server that is not there is named with what to look at", async () => {
  const client = await connect(() => undefined);
  await server?.close();
  await expect(client.run("select 1")).rejects.toMatchObject({
    message: expect.stringMatching(/Could not reach http:\/\/127\.0\.0\.1:\d+: ECONNREFUSED/) as string,
    hint: expect.stringContaining("`host` and `port`") as string,
  });
});

test("who only asks whether a server is there does not wait for one; a statement does", async () => {
  const refused = (fields: object): TrinoClient => {
    const read = readCredentials({ host: "127.0.0.1", port: 1, user: "me", catalog: "lake", schema: "s" }, "/");
    if ("problem" in read) throw new Error(read.problem);
    return new TrinoClient(new TrinoTransport(read.credentials, "test"), 5, { wait, ...fields });
  };
  await expect(refused({ waitsForServer: false }).run("select 1")).rejects.toThrow("ECONNREFUSED");
  expect(waits).toEqual([]);
  await expect(refused({}).run("select 1")).rejects.toThrow("ECONNREFUSED");
  expect(waits).toHaveLength(4);
});

test("a server that is busy is asked again, also by who only asks whether it is there", async () => {
  let tries = 0;
  server = await fakeServer((_request, response) => {
    if (++tries < 3) response.writeHead(503).end();
    else json(response, { id: "q" });
  });
  const read = readCredentials({ host: "127.0.0.1", port: server.port, user: "me", catalog: "lake", schema: "s" }, "/");
  if ("problem" in read) throw new Error(read.problem);
  const client = new TrinoClient(new TrinoTransport(read.credentials, "test"), 3, { wait, waitsForServer: false });
  expect((await client.run("select 1")).queryId).toBe("q");
});

test("EXPLAIN ANALYZE runs what it explains: it is not sent again either", async () => {
  const client = await connect((_request, response) => response.socket?.destroy());
  await expect(client.run("explain analyze insert into t values 1")).rejects.toThrow(/whether it ran is unknown/);
  expect(server?.seen).toHaveLength(1);
});

test("a query that was cancelled while it was being sent is ended on the server", async () => {
  const client = await connect(({ method }, response, base) => {
    if (method === "POST") {
      client.cancel();
      json(response, { id: "q8", nextUri: `${base}/wait` });
    } else response.writeHead(204).end();
  });
  await expect(client.run("select 1")).rejects.toMatchObject({ engineCode: "USER_CANCELED" });
  await expect.poll(() => server?.seen.at(-1)).toMatchObject({ method: "DELETE", url: "/v1/query/q8" });
});

test("an answer that is no page is an error, not the end of the result", async () => {
  const client = await connect(({ method }, response, base) => {
    if (method === "POST") json(response, { id: "q", nextUri: `${base}/next` });
    else response.writeHead(200).end("<html>a proxy says hello</html>");
  });
  await expect(client.run("select 1")).rejects.toThrow(/answered 200 with something that Trino does not say/);
});

test("a page is asked for again", async () => {
  let tries = 0;
  const client = await connect(({ method }, response, base) => {
    if (method === "POST") json(response, { id: "q", nextUri: `${base}/next` });
    else if (++tries < 3) response.socket?.destroy();
    else json(response, { id: "q", columns: [{ name: "a", type: "integer" }], data: [[1]] });
  });
  expect((await client.run("insert into t values 1")).rows).toEqual([[1]]);
});

test("a refused login says so, without the secret", async () => {
  const client = await connect(
    (_request, response) => response.writeHead(401).end("Access Denied: Invalid credentials"),
    {
      http_headers: { Authorization: "Bearer s3cret" },
    },
  );
  const failed = await client.run("select 1").catch((error: unknown) => error);
  expect(String(failed)).toMatch(/answered 401: Access Denied: Invalid credentials$/);
  expect(failed).toMatchObject({ hint: expect.stringContaining("Look at `method`") as string });
  expect(JSON.stringify(failed)).not.toContain("s3cret");
});

test("session properties add up, roles and prepared statements are kept", async () => {
  const answers = [
    { "x-trino-set-session": "a=1" },
    { "x-trino-set-session": "b=x%2Cy" },
    { "x-trino-clear-session": "a", "x-trino-set-role": "lake=ROLE%7Badmin%7D" },
    { "x-trino-added-prepare": "p=select+1" },
  ];
  const client = await connect((_request, response) => json(response, { id: "q" }, answers.shift() ?? {}), {
    session_properties: { query_max_run_time: "1h" },
  });
  for (const sql of ["set session a=1", "set session b='x,y'", "reset", "prepare p from select 1", "select 1"])
    await client.run(sql);
  const sessions = server?.seen.map(({ headers }) => headers["x-trino-session"]);
  expect(sessions).toEqual([
    "query_max_run_time=1h",
    "query_max_run_time=1h,a=1",
    "query_max_run_time=1h,a=1,b=x%2Cy",
    "query_max_run_time=1h,b=x%2Cy",
    "query_max_run_time=1h,b=x%2Cy",
  ]);
  expect(server?.seen[4]?.headers).toMatchObject({
    "x-trino-role": "lake=ROLE%7Badmin%7D",
    "x-trino-prepared-statement": "p=select%201",
  });
});

test("an answer that breaks off is asked for again", async () => {
  let tries = 0;
  const client = await connect(({ method }, response, base) => {
    if (method === "POST") json(response, { id: "q", nextUri: `${base}/2` });
    else if (++tries === 1) {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"id":', () => response.socket?.destroy());
    } else json(response, { id: "q", columns: [], data: [[7]] });
  });
  expect((await client.run("select 7")).rows).toEqual([[7]]);
});

test("what a statement wrote is known before its stream is read, though the last page says it", async () => {
  server = await fakeServer(({ method, url }, response, base) => {
    const columns = [{ name: "rows", type: "bigint" }];
    if (method === "POST") json(response, { id: "q", nextUri: `${base}/2` });
    else if (url === "/2") json(response, { id: "q", columns, updateType: "INSERT", nextUri: `${base}/3` });
    else json(response, { id: "q", columns, data: [[2]], updateType: "INSERT", updateCount: 2 });
  });
  const profile = { host: "127.0.0.1", port: server.port, user: "me", catalog: "lake", schema: "s" };
  const read = readCredentials(profile, "/");
  if ("problem" in read) throw new Error(read.problem);
  const connection = await openTrino(read.credentials).connect("Thread-1");
  const stream = await connection.stream("insert into t values 1, 2");
  expect(stream.affected).toBe(2);
  let rows = 0;
  for await (const batch of stream.batches) rows += batch.length;
  expect(rows).toBe(1);
});

test("cancel ends the query on the server, and the client goes on", async () => {
  let release: (() => void) | null = null;
  const client = await connect(({ method, url, body }, response, base) => {
    if (body === "select 2") json(response, { id: "q9" });
    else if (method === "DELETE") {
      response.writeHead(204).end();
      release?.();
    } else if (url === "/v1/statement") json(response, { id: "q7", nextUri: `${base}/wait` });
    else {
      release = () =>
        json(response, { id: "q7", error: { message: "Query was canceled", errorName: "USER_CANCELED" } });
      client.cancel();
    }
  });
  await expect(client.run("select 1")).rejects.toMatchObject({ engineCode: "USER_CANCELED" });
  expect(server?.seen.at(-1)).toMatchObject({ method: "DELETE", url: "/v1/query/q7" });
  expect((await client.run("select 2")).queryId).toBe("q9");
});

test("a node's tags and headers win over the profile's, and are gone with it", async () => {
  server = await fakeServer((_request, response) => json(response, { id: "q" }));
  const read = readCredentials(
    {
      ...{ host: "127.0.0.1", port: server.port, user: "me", catalog: "lake", schema: "s" },
      client_tags: ["nightly"],
      http_headers: { "X-Cluster": "small" },
    },
    "/",
  );
  if ("problem" in read) throw new Error(read.problem);
  const connection = await openTrino(read.credentials).connect("Thread-1");
  await connection.execute("select 1", true);
  connection.startNode?.({ client_tags: ["etl", "big"], http_headers: { "X-Cluster": "large", "X-Extra": "1" } });
  await connection.execute("select 2", true);
  connection.startNode?.(null);
  await connection.execute("select 3", true);
  const sent = server.seen.map(({ headers }) => [
    headers["x-trino-client-tags"],
    headers["x-cluster"],
    headers["x-extra"],
  ]);
  expect(sent).toEqual([
    ["nightly", "small", undefined],
    ["etl,big", "large", "1"],
    ["nightly", "small", undefined],
  ]);
});

test.each([
  [false, ["/* who\nasks */\n\nselect 1", "\nselect\n x"]],
  [true, ["\nselect 1", "\nselect\n x\n/* who\nasks */"]],
])(
  "a comment (append: %s) goes along with a text of several statements, and places are those without it",
  async (append, sent) => {
    const error = {
      ...{ message: "line 3:2: no", errorName: "COLUMN_NOT_FOUND" },
      errorLocation: { lineNumber: 3, columnNumber: 2 },
    };
    server = await fakeServer(({ body }, response) =>
      json(response, { id: "q", ...(body.includes("x") ? { error } : {}) }),
    );
    const read = readCredentials(
      { host: "127.0.0.1", port: server.port, user: "me", catalog: "lake", schema: "s" },
      "/",
    );
    if ("problem" in read) throw new Error(read.problem);
    const connection = await openTrino(read.credentials).connect("Thread-1");
    const comment = { text: "who\nasks", append };
    await expect(connection.execute("\nselect 1;\nselect\n x", true, { comment })).rejects.toMatchObject({
      line: 4,
      column: 2,
      message: "COLUMN_NOT_FOUND: line 4:2: no (query q)",
    });
    expect(server.seen.map(({ body }) => body)).toEqual(sent);
  },
);

test.each([
  [{ client_tags: "a" }, "client_tags must be a list"],
  [{ client_tags: ["a,b"] }, "must not contain commas"],
  [{ http_headers: ["a"] }, "http_headers must be a mapping"],
  [{ http_headers: { "X-Trino-User": "root" } }, "cannot be set by http_headers"],
  [{ http_headers: { "X-Trino-Client-Tags": "a" } }, "use client_tags instead"],
  [{ http_headers: { a: "b\r\nX-Trino-User: root" } }, "without line ends"],
])("%j is refused", (config, message) => {
  expect(() => routingHeaders(config)).toThrow(message);
});
