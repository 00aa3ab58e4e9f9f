import { expect, test } from "vitest";
import type { MacroSource } from "../contracts/manifest.ts";
import { MacroRegistry } from "./macro-registry.ts";

/** The package of the materialization that is found among those of the given packages. */
function found(ids: readonly string[], name: string, packagesReplace: boolean): string | undefined {
  const macros = ids.map((id): MacroSource => {
    const [owner = "", macro = ""] = id.split(".");
    const place = { original_file_path: "m.sql", macro_sql: "", _line: 1, _column: 1, supported_languages: null };
    return { unique_id: `macro.${id}`, name: `materialization_${macro}`, package_name: owner, ...place };
  });
  const registry = new MacroRegistry(() => macros, { rootPackage: "root", internalPackages: ["dbt_duckdb", "dbt"] });
  return registry.findMaterialization(name, ["duckdb"], packagesReplace)?.source.unique_id;
}

test.each([
  [
    "a package's does not replace the built-in one",
    ["dbt.table_default", "pack.table_default"],
    false,
    "dbt.table_default",
  ],
  ["it does where the project lets it", ["dbt.table_default", "pack.table_default"], true, "pack.table_default"],
  [
    "but the engine's own goes before a general one",
    ["dbt_duckdb.table_duckdb", "pack.table_default"],
    true,
    "dbt_duckdb.table_duckdb",
  ],
  [
    "the project's goes before both",
    ["dbt.table_default", "pack.table_default", "root.table_default"],
    true,
    "root.table_default",
  ],
])("%s", (_, ids, packagesReplace, expected) => {
  expect(found(ids, "table", packagesReplace)).toBe(`macro.${expected}`);
});

test("a general view of the project goes before ours for DuckDB, which dbt does not have", () => {
  const built = ["dbt.view_default", "dbt_duckdb.view_duckdb"];
  expect(found(built, "view", false)).toBe("macro.dbt_duckdb.view_duckdb");
  expect(found([...built, "root.view_default"], "view", false)).toBe("macro.root.view_default");
});
