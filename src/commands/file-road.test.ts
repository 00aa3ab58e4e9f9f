import { expect, test } from "vitest";
import type { Target } from "../contracts/project.ts";
import type { EngineEntry } from "../engines/registry.ts";
import { FileRoad } from "./file-road.ts";

/** An engine that takes every statement but those that name a catalog that is down. */
function fakeEngine(down: string): { engine: EngineEntry; opened: string[][]; sent: string[] } {
  const opened: string[][] = [];
  const sent: string[] = [];
  const execute = (sql: string): Promise<unknown> => {
    sent.push(sql.split("\n")[0] ?? "");
    return sql.includes(down) ? Promise.reject(new Error(`${down} does not answer`)) : Promise.resolve({});
  };
  const engine = {
    readCatalog: ({ name }: { name: string }) => (name === "alien" ? null : { name, database: `duck_${name}` }),
    open: (target: { catalogs: { name: string }[] }) => {
      opened.push(target.catalogs.map(({ name }) => name));
      const connection = { execute, close: () => undefined };
      return Promise.resolve({ connect: () => Promise.resolve(connection), close: () => Promise.resolve() });
    },
  };
  return { engine: engine as unknown as EngineEntry, opened, sent };
}

const catalog = (name: string): object => ({ name, database: name, entry: { name } });
const table = (database: string) => ({ database, schema: "s", identifier: "t", type: null });

test("seeds of several catalogs take one road, and a catalog that is down closes it for itself alone", async () => {
  const { engine, opened, sent } = fakeEngine("duck_pond");
  const target = { fields: {}, catalogs: ["lake", "pond", "alien"].map(catalog) } as unknown as Target;
  const road = new FileRoad(target, "/", engine);
  const load = (database: string): Promise<string | null> => road.load(table(database), ["n"], "f.csv");
  expect(await load("LAKE")).toBeNull();
  expect(await load("pond")).toBe("duck_pond does not answer");
  expect(await load("pond")).toBe("duck_pond does not answer");
  expect(await load("lake")).toBeNull();
  expect(await load("alien")).toMatch(/no catalog of catalogs\.yml/);
  expect(opened).toEqual([["lake", "pond"]]);
  expect(sent).toEqual(["lake", "pond", "lake"].map((name) => `insert into "duck_${name}"."s"."t" by name`));
  await road.close();
});
