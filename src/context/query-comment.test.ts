import { expect, test } from "vitest";
import type { Invocation } from "../contracts/invocation.ts";
import type { Json } from "../contracts/json.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { duckDbTraits } from "../engines/duckdb/traits.ts";
import { MacroRegistry } from "./macro-registry.ts";
import { queryComment } from "./query-comment.ts";

const target = { profileName: "shop", name: "dev", type: "duckdb", schema: "main", database: "d", threads: 1 };
const facts = {
  ...{ projectName: "shop", packageVars: {}, cliVars: { who: "me" }, dispatch: {}, quoting: {} },
  ...{ target: { ...target, fields: {}, catalogs: [] }, traits: duckDbTraits },
} as unknown as ProjectFacts;
const invocation = {
  id: "i",
  startedAt: new Date(0),
  flags: {},
  env: {},
  emit: () => undefined,
} as unknown as Invocation;
const registry = new MacroRegistry(
  () => [
    {
      ...{ unique_id: "macro.shop.who", name: "who", package_name: "shop", original_file_path: "macros/m.sql" },
      macro_sql:
        "{% macro who(node) %}{{ return({'name': node.name, 'nothing': node.nothing, 'var': var('who')}) }}{% endmacro %}",
      ...{ _line: 1, _column: 1, supported_languages: null },
    },
  ],
  { rootPackage: "shop", internalPackages: [] },
);

const NODE = { unique_id: "model.shop.a", name: "a", config: { materialized: "view" }, _line: 1 };
const make = (setting: Json | undefined) => queryComment({ setting, facts, invocation, registry, engineMethods: {} });

test("dbt's own comment says who asks", () => {
  const text = (rest: string): string =>
    `{"app": "dbt", "dbt_version": "1.12.0", "profile_name": "shop", "target_name": "dev", ${rest}}`;
  for (const setting of [undefined, {}, { append: false }]) {
    expect(make(setting)("master", null)?.text).toBe(text('"connection_name": "master"'));
    expect(make(setting)("model.shop.a", NODE)).toEqual({ text: text('"node_id": "model.shop.a"'), append: false });
  }
});

test.each<[Json, string | undefined]>([
  [null, undefined],
  ["", undefined],
  [{ comment: "" }, undefined],
  ["  {# nothing #} ", undefined],
  [" dbt\nrules!\n", "dbt\nrules!"],
  ["{{ connection_name }} {{ target.name }} {{ node.config.materialized }}", "model.shop.a dev view"],
  ["{{ who(node) }}", "{'name': 'a', 'nothing': '', 'var': 'me'}"],
  ["{{ return(node.name) }} is not reached", "a"],
  ["{% if node %}a node{% endif %}", "a node"],
])("%j says %j", (setting, text) => {
  expect(make(setting)("model.shop.a", NODE)?.text).toBe(text);
});

test("a comment may stand behind the statement", () => {
  expect(make({ comment: "x", append: true })("master", null)).toEqual({ text: "x", append: true });
});

test("what would end the comment early is refused, and a template's failure is its own", () => {
  expect(() => make("a */ b")("master", null)).toThrow('query comment contains illegal value "*/": a */ b');
  expect(() => make("{{ nobody() }}")("master", null)).toThrow("'nobody' is undefined");
});
