import { Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import type { CatalogBrowser } from "../../contracts/query.ts";
import { Sessions } from "./sessions.ts";

const browser: CatalogBrowser = {
  databases: () => ["pond", "lake"],
  schemas: (database) => Promise.resolve(database === "lake" ? ["ward", "Annex"] : ["main"]),
  relations: () => Promise.resolve([]),
  columns: () => Promise.resolve([]),
  keys: () => Promise.resolve([]),
  current: () => ({ database: "pond", schema: "main" }),
};

function caller(headers: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

const options = (given: Readonly<Record<string, string | null>>): Map<string, string | null> =>
  new Map(Object.entries(given));

test("who sets something is known by a cookie, and nobody else has it", async () => {
  const sessions = new Sessions();
  const { problems, headers } = await sessions.of(caller()).set(browser, options({ schema: "annex", catalog: "LAKE" }));
  const cookie = headers?.get("set-cookie")[0]?.toString().split(";")[0] ?? "";
  expect([...problems]).toEqual([]);
  expect(sessions.of(caller({ cookie: `other=1; ${cookie}` })).current(browser)).toEqual({
    database: "lake",
    schema: "Annex",
  });
  expect(sessions.of(caller()).current(browser)).toBeNull();
  expect(sessions.of(caller({ cookie: "arrow_flight_session_id=mine" })).current(browser)).toBeNull();
  sessions.of(caller({ cookie })).close();
  expect(sessions.of(caller({ cookie })).current(browser)).toBeNull();
});

test("who has logged in is known by the token", async () => {
  const sessions = new Sessions();
  const own = (): Metadata => caller({ authorization: "Bearer secret" });
  expect((await sessions.of(own()).set(browser, options({ catalog: "lake" }))).headers).toBeNull();
  expect(sessions.of(own()).current(browser)).toEqual({ database: "lake", schema: "main" });
  expect(sessions.of(caller({ authorization: "Bearer other" })).current(browser)).toBeNull();
  await sessions.of(own()).set(browser, options({ catalog: null }));
  expect(sessions.of(own()).current(browser)).toBeNull();
});

test("a cookie that nobody gave out opens no session of that name", async () => {
  const sessions = new Sessions();
  const { headers } = await sessions
    .of(caller({ cookie: "arrow_flight_session_id=mine" }))
    .set(browser, options({ catalog: "lake" }));
  expect(headers?.get("set-cookie")[0]?.toString()).not.toContain("=mine");
});

test("what cannot be set says why, and the rest is set", async () => {
  const sessions = new Sessions();
  const own = caller({ authorization: "Bearer secret" });
  const wanted = options({ catalog: "lake", schema: "main", timezone: "UTC" });
  const { problems } = await sessions.of(own).set(browser, wanted);
  expect(Object.fromEntries(problems)).toEqual({ schema: "value", timezone: "name" });
  expect(sessions.of(own).current(browser)).toEqual({ database: "lake", schema: "main" });
});
