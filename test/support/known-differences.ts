/**
 * Where we differ from the dbt that made the golden files, on purpose. A path is `project/step/part/…`; `*` stands for
 * any one part, `**` for the rest.
 */
export const KNOWN_DIFFERENCES: readonly { readonly path: string; readonly reason: string }[] = [
  {
    path: "tests/build/compiled/tests/models/schema.yml/models/**",
    reason: "dbt writes a unit test's SQL in `test`, not in `build`; we do in both",
  },
  ...["allowed", "growing", "numbers"].map((name) => ({
    path: `tests/*/compiled/tests/models/schema.yml/${name}.sql`,
    reason:
      "dbt writes the fixtures of all unit tests to one file an input, the last one wins; they stand in each test's SQL",
  })),
  { path: "failing/retry after repair/**", reason: "there is no `retry` command yet" },
  ...["same", "new", "old", "modified body", "modified configs"].map((name) => ({
    path: `selectors/state ${name}/**`,
    reason: "there is no `state:` selector method yet",
  })),
  { path: "selectors/result/**", reason: "there is no `result:` selector method yet" },
  {
    path: "jinja_context/show a model/stdout",
    reason: "a text that is parsed and run print()s twice; dbt had it in its parse cache, which we do not have yet",
  },
  { path: "microbatch/**", reason: "microbatch models are refused so far" },
  { path: "*/*/compiled/*/snapshots/**", reason: "dbt 1.12 writes compiled snapshots, the reference (1.11) does not" },
];

export function isKnown(path: readonly string[]): boolean {
  return KNOWN_DIFFERENCES.some(({ path: pattern }) => matches(path.join("/").split("/"), pattern.split("/")));
}

function matches(path: readonly string[], pattern: readonly string[]): boolean {
  for (const [index, part] of pattern.entries()) {
    if (part === "**") return true;
    if (part !== "*" && part !== path[index]) return false;
  }
  return path.length >= pattern.length;
}
