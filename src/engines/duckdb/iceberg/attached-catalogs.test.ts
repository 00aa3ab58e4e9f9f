import { expect, test } from "vitest";
import type { TargetCatalog } from "../../../contracts/project.ts";
import { AttachedCatalogs } from "./attached-catalogs.ts";

const LAKE = { name: "lake", database: "lake", settings: { endpoint: "http://x" } } as unknown as TargetCatalog;
const CREDENTIALS = { attach: [], secrets: [] } as never;

function setUp(refuse: (sql: string) => string | null = () => null): { ran: string[]; catalogs: AttachedCatalogs } {
  const ran: string[] = [];
  const catalogs = new AttachedCatalogs([LAKE], CREDENTIALS, (sql) => {
    ran.push(sql);
    const problem = refuse(sql);
    return problem === null ? Promise.resolve([]) : Promise.reject(new Error(problem));
  });
  return { ran, catalogs };
}

test.each([
  "select * from lake.s.t",
  'insert into "lake"."s"."t" values (1)',
  "select 1 from duckdb_tables() where database_name = 'lake'",
  "use lake",
])("%s attaches the catalog, once", async (sql) => {
  const { ran, catalogs } = setUp();
  expect(await catalogs.attachNamed(sql)).toBeNull();
  expect(await catalogs.attachNamed(sql)).toBeNull();
  expect(ran.filter((text) => text.startsWith("attach "))).toHaveLength(1);
  expect(catalogs.anyIceberg).toBe(true);
});

test.each(["select 1 as lake", "select * from flake.s.t", "select 'a lake' as x", "create secret s (key_id lakes)"])(
  "%s does not",
  async (sql) => {
    const { ran, catalogs } = setUp();
    expect(await catalogs.attachNamed(sql)).toBeNull();
    expect(ran).toEqual([]);
    expect(catalogs.anyIceberg).toBe(false);
  },
);

test("extensions that are installed are loaded; others are installed first", async () => {
  const { ran, catalogs } = setUp((sql) => (sql === "load avro" && !ran.includes("install avro") ? "not found" : null));
  await catalogs.ensure("LAKE");
  expect(ran.slice(0, 5)).toEqual(["load avro", "install avro", "load avro", "load httpfs", "load iceberg"]);
});

test("a catalog that does not answer is said, not thrown, for a statement; it is not asked again", async () => {
  const { ran, catalogs } = setUp((sql) => (sql.startsWith("attach ") ? "Could not connect" : null));
  const problem = await catalogs.attachNamed("select lake.id from t as lake");
  expect(problem?.message).toContain("Could not attach the catalog 'lake': Could not connect");
  await expect(catalogs.ensure("lake")).rejects.toThrow("Could not connect");
  expect(ran.filter((text) => text.startsWith("attach "))).toHaveLength(1);
});

const AT_ONCE = "set session http_retries = 0; attach ";

test("before a plan, a catalog that nobody serves is not waited for, and may come back", async () => {
  let isUp = false;
  const { ran, catalogs } = setUp((sql) =>
    !isUp && sql.includes("attach ") ? "IO Error: Could not connect to server error for HTTP GET" : null,
  );
  await expect(catalogs.ensure("lake", true)).rejects.toThrow("Could not connect to server");
  expect(ran.filter((text) => text.includes("attach "))).toEqual([expect.stringContaining(AT_ONCE)]);
  isUp = true;
  expect(await catalogs.attachNamed("select * from lake.s.t")).toBeNull();
  expect(catalogs.anyIceberg).toBe(true);
});

test("before a plan, what may pass is given time", async () => {
  const { ran, catalogs } = setUp((sql) => (sql.startsWith(AT_ONCE) ? "HTTP Error: 503" : null));
  await catalogs.ensure("lake", true);
  expect(ran.at(-1)).toMatch(/^attach /);
  expect(catalogs.anyIceberg).toBe(true);
});
