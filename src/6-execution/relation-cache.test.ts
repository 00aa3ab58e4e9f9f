import { expect, test } from "vitest";
import type { RelationRow } from "../contracts/engine.ts";
import { fakeEngine } from "../../test/support/fake-engine.ts";
import { RelationCache } from "./relation-cache.ts";

test("a listing that failed is asked for again", async () => {
  const answers: (() => Promise<RelationRow[]>)[] = [
    () => Promise.reject(new Error("the server is gone")),
    () => Promise.resolve([{ database: "lake", schema: "ward", identifier: "beds", type: "table" }]),
  ];
  const engine = {
    ...fakeEngine(() => Promise.reject(new Error("no statement is sent"))),
    listRelations: () => answers.shift()!(),
  };
  const cache = new RelationCache(engine);
  await expect(cache.get("lake", "ward", "beds")).rejects.toThrow("the server is gone");
  expect(await cache.get("lake", "ward", "beds")).toMatchObject({ identifier: "beds" });
});

test("a schema that has relations is there; of an empty or unread one nothing is known", async () => {
  const rows: RelationRow[] = [{ database: "lake", schema: "ward", identifier: "beds", type: "table" }];
  const engine = {
    ...fakeEngine(() => Promise.reject(new Error("no statement is sent"))),
    listRelations: () => Promise.resolve(rows),
  };
  const cache = new RelationCache(engine);
  expect(await cache.holds("lake", "ward")).toBe(false);
  await cache.populate("lake", ["ward", "empty"]);
  expect(await cache.holds("Lake", "WARD")).toBe(true);
  expect(await cache.holds("lake", "empty")).toBe(false);
});
