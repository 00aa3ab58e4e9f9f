import { expect, test } from "vitest";
import type { ManifestNode } from "../../contracts/manifest.ts";
import { ROUTER_DEFAULTS } from "../../contracts/routing.ts";
import { duckDbTraits } from "../../engines/duckdb/traits.ts";
import { trinoTraits } from "../../engines/trino/traits.ts";
import type { EngineChoice } from "./node-settings.ts";
import { writtenFor } from "./translation.ts";

const hook = (sql: string, transaction: boolean): object => ({ sql, transaction, index: null });
const HOOKS = {
  "pre-hook": [hook("in", true), hook("before", false)],
  "post-hook": [hook("after", false), hook("in", true)],
};

function model(config: object): ManifestNode {
  return { unique_id: "model.p.m", resource_type: "model", language: "sql", config: { ...HOOKS, ...config } } as never;
}

/** A target on which `own` is what the DuckDB parse has of the model. */
function choice(own: ManifestNode): EngineChoice {
  const side = (traits: object, node: ManifestNode): object => ({
    facts: { traits },
    manifest: { nodes: { [node.unique_id]: node } },
  });
  const sides = new Map([
    ["trino", side(trinoTraits, model({}))],
    ["duckdb", side(duckDbTraits, own)],
  ]);
  return { sides, hybrid: { router: { ...ROUTER_DEFAULTS, translate: false } } } as never;
}

const hooks = ({ config }: ManifestNode): string[] =>
  ["pre-hook", "post-hook"].map((key) =>
    (config[key] as { sql: string; transaction: boolean }[])
      .map(({ sql, transaction }) => `${sql} ${transaction ? "inside" : "apart"}`)
      .join(", "),
  );

test("hooks that ask to run outside of the transaction run on Trino too, where the node is not at home there", () => {
  const node = model({ dialect: "duckdb" });
  expect(hooks(writtenFor(choice(node), node, "trino"))).toEqual([
    "before inside, in inside",
    "in inside, after inside",
  ]);
  expect(hooks(writtenFor(choice(node), node, "duckdb"))).toEqual([
    "in inside, before apart",
    "after apart, in inside",
  ]);
  const native = model({});
  expect(hooks(writtenFor(choice(native), native, "trino"))).toEqual(hooks(native));
});

test("what is translated are the hooks that the node's own engine has", () => {
  const own = model({ dialect: "duckdb", translate: true, "pre-hook": [hook("own", true)], "post-hook": [] });
  const onTrino = model({ dialect: "duckdb", translate: true });
  const written = writtenFor(choice(own), onTrino, "trino");
  expect(written._translatedFrom).toBe("duckdb");
  expect(hooks(written)).toEqual(["own inside", ""]);
});
