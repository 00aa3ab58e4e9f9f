import { expect, test } from "vitest";
import type { BridgeAnswers } from "../contracts/bridge.ts";
import type { Deferred } from "../contracts/manifest.ts";
import { Deferral } from "./deferral.ts";
import type { RelationCache } from "./relation-cache.ts";

const ID = "model.shop.a";
const answer = (materialized = "table"): BridgeAnswers["resolve-ref"] => ({
  node: {
    unique_id: ID,
    name: "a",
    resource_type: "model",
    database: "dev",
    schema: "main",
    alias: "a",
    config: { materialized, quoting: null },
    eventTime: null,
  },
});
const place = { database: "prod", schema: "shop", alias: "a", config: null, isForeign: false };

function deferral(found: Deferred, favorState = false, selected: string[] = []): Deferral {
  return new Deferral({ places: new Map([[ID, found]]), favorState, selected: new Set(selected) });
}

function holding(...names: string[]): RelationCache {
  const get = (...name: string[]): unknown => Promise.resolve(names.includes(name.join(".")) ? {} : null);
  return { get } as unknown as RelationCache;
}

test("what is not there is read from the state, what is there stays, and neither answer is for good", async () => {
  const missing = await deferral(place).apply(answer(), holding());
  expect(missing).toMatchObject({ node: { database: "prod", schema: "shop" }, passing: true });
  const there = await deferral(place).apply(answer(), holding("dev.main.a"));
  expect(there).toMatchObject({ node: { database: "dev" }, passing: true });
});

test("--favor-state prefers the state for what is not selected", async () => {
  const cache = holding("dev.main.a");
  expect(await deferral(place, true).apply(answer(), cache)).toMatchObject({ node: { database: "prod" } });
  expect(await deferral(place, true, [ID]).apply(answer(), cache)).toMatchObject({ node: { database: "dev" } });
});

test("ephemeral models are at hand", async () => {
  expect(deferral(place).mayApply(answer("ephemeral"))).toBe(false);
  expect(await deferral(place).apply(answer("ephemeral"), holding())).toEqual(answer("ephemeral"));
});

test("what this engine cannot read is refused with the reason", async () => {
  const problem = deferral({ problem: "it was built elsewhere" });
  await expect(problem.apply(answer(), holding())).rejects.toThrow("it was built elsewhere");
  expect(await problem.apply(answer(), holding("dev.main.a"))).toMatchObject({ node: { database: "dev" } });
  const foreign = deferral({ ...place, isForeign: true });
  await expect(foreign.apply(answer(), holding())).rejects.toThrow(/there is no table "prod"."shop"."a"/);
  expect(await foreign.apply(answer(), holding("prod.shop.a"))).toMatchObject({ node: { database: "prod" } });
});

test("a function is the state's, but where this command makes it; another engine's is out of reach", async () => {
  const called = answer("function");
  const fn =
    called !== null && "node" in called ? { node: { ...called.node, resource_type: "function" as const } } : null;
  expect(await deferral(place).apply(fn, holding())).toMatchObject({ node: { database: "prod" } });
  expect(await deferral(place, false, [ID]).apply(fn, holding())).toMatchObject({ node: { database: "dev" } });
  const foreign = deferral({ ...place, isForeign: true });
  await expect(foreign.apply(fn, holding())).rejects.toThrow("nothing takes a function across");
});
