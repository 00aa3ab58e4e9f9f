import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../contracts/diagnostic.ts";
import type { GraphNode, Manifest } from "../../contracts/manifest.ts";
import type { PriorState } from "../../contracts/prior-state.ts";
import { StateMatcher } from "./state-matcher.ts";

type Fields = Record<string, unknown>;

function model(name: string, fields: Fields = {}): GraphNode {
  return {
    unique_id: `model.shop.${name}`,
    name,
    resource_type: "model",
    package_name: "shop",
    original_file_path: `models/${name}.sql`,
    fqn: ["shop", name],
    checksum: { name: "sha256", checksum: "1" },
    raw_code: "select 1",
    config: { materialized: "table", enabled: true },
    unrendered_config: {},
    description: "",
    columns: {},
    constraints: [],
    depends_on: { macros: [], nodes: [] },
    contract: { enforced: false, alias_types: true, checksum: null },
    version: null,
    ...fields,
  } as unknown as GraphNode;
}

function seed(checksum: { name: string; checksum: string }): GraphNode {
  return model("big", { unique_id: "seed.shop.big", resource_type: "seed", checksum });
}

function manifest(nodes: readonly GraphNode[], macros: Record<string, Fields> = {}): Manifest {
  const maps = ["sources", "exposures", "metrics", "semantic_models", "unit_tests", "saved_queries", "functions"];
  return {
    ...Object.fromEntries(maps.map((key) => [key, {}])),
    disabled: {},
    macros,
    nodes: Object.fromEntries(nodes.map((node) => [node.unique_id, node])),
  } as unknown as Manifest;
}

function compare(
  now: Manifest,
  then: Partial<PriorState> | null,
): { select: (value: string) => string[]; warnings: string[] } {
  const warnings: string[] = [];
  const prior =
    then === null ? null : { folder: "then", manifest: null, results: null, sources: null, sourcesNow: null, ...then };
  const matcher = new StateMatcher({
    manifest: now,
    prior,
    enforcedConstraints: ["not_null"],
    internalPackages: ["dbt"],
    byUnrendered: false,
    now: 0,
    warn: (name, _code, message) => void warnings.push(`${name}: ${message}`),
  });
  const select = (term: string): string[] => {
    const [method = "", value = ""] = term.split(":");
    const fits = matcher.matcher(method, value);
    return [...Object.values(now.nodes)].filter(fits).map((node) => node.name);
  };
  return { select, warnings };
}

function contracted(columns: Record<string, Fields>, checksum: string, fields: Fields = {}): GraphNode {
  const contract = { enforced: true, alias_types: true, checksum };
  return model("held", { columns, contract, ...fields });
}

const ID = { name: "id", data_type: "int", description: "", constraints: [{ type: "not_null", name: null }] };

describe("state:", () => {
  test("without a state to compare with says which folder or file is missing", () => {
    const now = manifest([model("a")]);
    expect(() => compare(now, null).select("state:modified")).toThrow(/no comparison manifest/);
    expect(() => compare(now, {}).select("state:new")).toThrow(/no comparison manifest/);
    expect(() => compare(now, { manifest: now }).select("state:modifed")).toThrow(/invalid selector "modifed"/);
  });

  test("tells new, changed and same, part by part", () => {
    const then = manifest([
      model("same"),
      model("body"),
      model("config", { unrendered_config: { materialized: "view" } }),
      model("named", { unrendered_config: { schema: "{{ target.name }}" } }),
      model("tagged", { unrendered_config: { tags: ["a"] } }),
    ]);
    const now = manifest([
      model("same"),
      model("body", { raw_code: "select 2" }),
      model("config", { unrendered_config: { materialized: "table" } }),
      model("named", { unrendered_config: { schema: "fixed" } }),
      model("tagged", { unrendered_config: { tags: ["b"] } }),
      model("fresh"),
    ]);
    const { select } = compare(now, { manifest: then });
    expect(select("state:new")).toEqual(["fresh"]);
    expect(select("state:old")).toEqual(["same", "body", "config", "named", "tagged"]);
    expect(select("state:modified")).toEqual(["body", "config", "named", "fresh"]);
    expect(select("state:unmodified")).toEqual(["same", "tagged"]);
    expect(select("state:modified.body")).toEqual(["body", "fresh"]);
    expect(select("state:modified.configs")).toEqual(["config", "fresh"]);
    expect(select("state:modified.relation")).toEqual(["named", "fresh"]);
  });

  test("a test whose macro is gone is refused where macros changed", () => {
    const tested = (macros: string[]): GraphNode =>
      model("odd_a_id", { resource_type: "test", test_metadata: { name: "odd" }, depends_on: { macros, nodes: [] } });
    const then = { manifest: manifest([], { "macro.shop.test_odd": { macro_sql: "1", depends_on: { macros: [] } } }) };
    const gone = compare(manifest([tested(["macro.dbt.get_where_subquery"])]), then);
    expect(() => gone.select("state:modified")).toThrow(/generic test that does not exist: odd/);
    expect(gone.select("state:new")).toEqual(["odd_a_id"]);
    const kept = compare(manifest([tested(["macro.shop.test_odd"])]), then);
    expect(kept.select("state:modified.macros")).toEqual(["odd_a_id"]);
  });

  test("a macro counts where it is reached, the program's own never", () => {
    const calls = { depends_on: { macros: ["macro.shop.outer"], nodes: [] } };
    const macros = (inner: string, own: string): Record<string, Fields> => ({
      "macro.shop.outer": { macro_sql: "outer", depends_on: { macros: ["macro.shop.inner", "macro.dbt.own"] } },
      "macro.shop.inner": { macro_sql: inner, depends_on: { macros: ["macro.shop.outer"] } },
      "macro.dbt.own": { macro_sql: own, depends_on: { macros: [] } },
    });
    const nodes = [model("a", calls), model("b")];
    const own = compare(manifest(nodes, macros("1", "1")), { manifest: manifest(nodes, macros("1", "2")) });
    expect(own.select("state:modified")).toEqual([]);
    const changed = compare(manifest(nodes, macros("1", "1")), { manifest: manifest(nodes, macros("2", "1")) });
    expect(changed.select("state:modified")).toEqual(["a"]);
    expect(changed.select("state:modified.macros")).toEqual(["a"]);
  });

  test("a large seed is known by its path, and says so", () => {
    const path = { name: "path", checksum: "seeds/big.csv" };
    const same = compare(manifest([seed(path)]), { manifest: manifest([seed(path)]) });
    expect(same.select("state:modified")).toEqual([]);
    expect(same.warnings[0]).toMatch(/^SeedExceedsLimitSamePath: Found a seed \(shop.big\) >1MB/);
    const grown = compare(manifest([seed(path)]), { manifest: manifest([seed({ name: "sha256", checksum: "1" })]) });
    expect(grown.select("state:modified")).toEqual(["big"]);
    expect(grown.warnings[0]).toMatch(/^SeedIncreased: /);
    const moved = compare(manifest([seed(path)]), { manifest: manifest([seed({ ...path, checksum: "other.csv" })]) });
    expect(moved.select("state:modified")).toEqual(["big"]);
    expect(moved.warnings[0]).toMatch(/^SeedExceedsLimitAndPathChanged: /);
  });
});

describe("contracts", () => {
  const then = manifest([contracted({ id: ID, name: { ...ID, name: "name", data_type: "varchar(10)" } }, "1")]);

  test("what readers can live with is a change without a warning", () => {
    const columns = { id: ID, name: { ...ID, name: "name", data_type: "VARCHAR(20)" }, more: { ...ID, name: "more" } };
    const { select, warnings } = compare(manifest([contracted(columns, "2")]), { manifest: then });
    expect(select("state:modified.contract")).toEqual(["held"]);
    expect(warnings).toEqual([]);
  });

  test("what breaks readers is told of once, and stops where the model has versions", () => {
    const columns = { id: { ...ID, data_type: "text", constraints: [] } };
    const now = manifest([contracted(columns, "2")]);
    const { select, warnings } = compare(now, { manifest: then });
    expect(select("state:modified")).toEqual(["held"]);
    expect(select("state:modified.contract")).toEqual(["held"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("Columns were removed: \n    - name");
    expect(warnings[0]).toContain("Columns with data_type changes: \n    - id (int -> text)");
    expect(warnings[0]).toContain("'not_null' constraint on column id");
    const versioned = compare(manifest([contracted(columns, "2", { version: 1 })]), { manifest: then });
    expect(() => versioned.select("state:modified")).toThrow(DiagnosticError);
  });

  test("a model that is gone breaks its readers too, unless it was to go", () => {
    const gone = compare(manifest([]), { manifest: then });
    gone.select("state:modified");
    expect(gone.warnings[0]).toContain("Contracted model 'model.shop.held' was deleted or renamed.");
    const announced = manifest([contracted({ id: ID }, "1", { deprecation_date: "1969-01-01T00:00:00+00:00" })]);
    const expected = compare(manifest([]), { manifest: announced });
    expected.select("state:modified");
    expect(expected.warnings).toEqual([]);
    const disabled = manifest([]);
    disabled.disabled["model.shop.held"] = [contracted({ id: ID }, "1", { config: { enabled: false } })];
    const off = compare(disabled, { manifest: then });
    off.select("state:modified.contract");
    expect(off.warnings[0]).toContain("Contracted model 'model.shop.held' was disabled.");
  });
});

describe("result: and source_status:", () => {
  const nodes = manifest([model("a"), model("b"), model("c")]);
  const at = (name: string, max_loaded_at?: string): never =>
    ({ unique_id: `model.shop.${name}`, status: "pass", max_loaded_at }) as never;

  test("pick by an earlier run's status", () => {
    const results = [{ unique_id: "model.shop.b", status: "error" }] as never;
    expect(compare(nodes, { results }).select("result:error")).toEqual(["b"]);
    expect(compare(nodes, { results }).select("result:success")).toEqual([]);
    expect(() => compare(nodes, {}).select("result:error")).toThrow(/No comparison run_results/);
  });

  test("fresher is newer than then, to the microsecond, or not known then", () => {
    const sources = [at("a", "2026-01-01T00:00:00.000001Z"), at("b", "2026-01-01T00:00:00+00:00")];
    const sourcesNow = [
      at("a", "2026-01-01T00:00:00.000002Z"),
      at("b", "2026-01-01T01:00:00+01:00"),
      at("c", "2026-01-01T00:00:00Z"),
    ];
    expect(compare(nodes, { sources, sourcesNow }).select("source_status:fresher")).toEqual(["a", "c"]);
    expect(() => compare(nodes, { sources }).select("source_status:fresher")).toThrow(/No current state/);
  });
});
