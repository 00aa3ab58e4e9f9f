import { expect, it } from "vitest";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { MacroNode } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { MacroRegistry } from "../context/macro-registry.ts";
import { resolveMacroDependencies } from "./macro-dependencies.ts";

function macro(packageName: string, name: string, body = ""): MacroNode {
  return {
    name,
    package_name: packageName,
    unique_id: `macro.${packageName}.${name}`,
    original_file_path: "macros/m.sql",
    macro_sql: `{% macro ${name}(s) %}${body}{% endmacro %}`,
    depends_on: { macros: [] },
  } as unknown as MacroNode;
}

let problems: readonly Diagnostic[] = [];

/** What the first macro depends on; `problems` are those of all. */
function dependencies(...macros: MacroNode[]): readonly string[] {
  const registry = new MacroRegistry(() => macros, { rootPackage: "shop", internalPackages: ["dbt"] });
  const facts = {
    dispatch: {},
    dependencies: ["kit"],
    internalPackages: ["dbt"],
    projectName: "shop",
    adapterTypes: ["duckdb"],
  };
  problems = resolveMacroDependencies(
    Object.fromEntries(macros.map((one) => [one.unique_id, one])),
    registry,
    facts as unknown as ProjectFacts,
  );
  return macros[0]?.depends_on.macros ?? [];
}

it("reports every macro that cannot be read, with its place in the file", () => {
  const broken = (name: string): MacroNode => ({
    ...macro("shop", name, `\n  {{ f("select "a, b") }}`),
    _line: 10,
    _column: 1,
  });
  dependencies(broken("one"), macro("shop", "fine"), broken("two"));
  expect(problems).toEqual([
    expect.objectContaining({ code: "DH1201", file: "macros/m.sql", line: 11, column: 17 }),
    expect.objectContaining({ message: expect.stringContaining("macro two") as string }),
  ]);
});

it("takes a method of a variable for any macro of that name", () => {
  expect(dependencies(macro("kit", "clean", "{{ s.replace('a', 'b') }}"), macro("dbt", "replace"))).toEqual([
    "macro.dbt.replace",
  ]);
});

it("takes ref, source and config for no macro, also where the project has one of that name", () => {
  expect(dependencies(macro("shop", "uses", "{{ ref('a') }}"), macro("shop", "ref"))).toEqual([]);
});

it("finds a macro of any package by its plain name, the project's own before it", () => {
  const uses = macro("shop", "uses", "{{ clean('a') }} {{ adapter.clean('b') }}");
  expect(dependencies(uses, macro("kit", "clean"), macro("dbt", "clean"))).toEqual(["macro.kit.clean"]);
  expect(dependencies(uses, macro("kit", "clean"), macro("shop", "clean"))).toEqual(["macro.shop.clean"]);
});

it("takes a method of the adapter for no macro", () => {
  expect(dependencies(macro("shop", "uses", "{{ adapter.clean('b') }}"), macro("dbt", "clean"))).toEqual([]);
});

it("notes what a dispatch finds and the macro that is dispatched", () => {
  const dispatch = "{{ adapter.dispatch('clean', 'kit')(s) }}";
  const found = ["macro.kit.clean", "macro.kit.default__clean"];
  const others = [macro("kit", "default__clean"), macro("kit", "clean", dispatch)];
  expect(dependencies(macro("shop", "uses", dispatch), ...others)).toEqual(found);
  expect(dependencies(macro("kit", "clean", dispatch), macro("kit", "default__clean"))).toEqual(found.slice(1));
});

it("refuses a dispatch that finds nothing, also in a macro that nobody calls", () => {
  const uses = { ...macro("kit", "uses", "\n {{ adapter.dispatch('clean', 'kit')(s) }}"), _line: 5, _column: 1 };
  dependencies(uses);
  expect(problems).toEqual([expect.objectContaining({ code: "DH1201", file: "macros/m.sql", line: 6, column: 5 })]);
  expect(problems[0]?.message).toContain(
    "In dispatch: No macro named 'clean' found within namespace: 'kit'\n      Searched for: 'shop.duckdb__clean', 'shop.default__clean', 'kit.duckdb__clean', 'kit.default__clean'",
  );
});

it("looks in every package for what a dispatch without a namespace means", () => {
  const uses = macro("kit", "uses", "{{ adapter.dispatch('clean')(s) }}");
  expect(dependencies(uses, macro("other", "default__clean"))).toEqual(["macro.other.default__clean"]);
  expect(problems).toEqual([]);
});
