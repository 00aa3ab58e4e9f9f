// Differences that are meant, each with its reason. Everything else that differs is a bug, here or there.

/** Macros that run while a test runs; dbt adds them to the test's parents in the manifest it writes afterwards. */
const TEST_RUN_MACROS = new Set(
  ["get_limit_subquery_sql", "get_where_subquery", "should_store_failures", "statement"].map(
    (name) => `macro.dbt.${name}`,
  ),
);

const withoutRunMacros = (list) => list.filter((id) => !TEST_RUN_MACROS.has(id));
const sameList = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const isList = Array.isArray;

const KNOWN = [
  {
    is: ({ kind, dbt, ours }) =>
      kind === "test.depends_on.macros" &&
      isList(dbt) &&
      isList(ours) &&
      sameList(withoutRunMacros(dbt), withoutRunMacros(ours)),
    reason: "dbt adds the macros that running a test calls to the test's parents, once it ran",
  },
  {
    is: ({ kind, dbt, ours }) => {
      if (kind !== "test.depends_on.macros" || !isList(dbt) || !isList(ours)) return false;
      const tests = [dbt, ours].map((list) => list.filter((id) => id.includes(".test_")).map((id) => id.split(".")[2]));
      return sameList(tests[0], tests[1]);
    },
    reason:
      "where the project has a test of the same name as a package's, dbt notes the project's as parent and runs the package's",
  },
  {
    is: ({ kind, dbt, ours }) =>
      /compiled.code$|^compiled SQL$/.test(kind) &&
      typeof dbt === "string" &&
      withoutComments(dbt) === withoutComments(ours),
    reason: "comments that dbt-duckdb's macros leave in the text",
  },
  {
    is: ({ kind, place }) => kind.startsWith("compiled file: missing") && place.startsWith("test"),
    reason: "dbt writes the fixtures of unit tests to files of their own",
  },
  {
    is: ({ kind }) => /^(metadata|.*metadata)\.dbt_version$/.test(kind),
    reason: "we speak the dbt 1.12 language, the dbt compared with may be older",
  },
];

/** Known comments only: the text is one line here, so that a comment has no visible end. */
function withoutComments(text) {
  return String(text).replaceAll("-- duckdb dateadd does not support quarter interval. ", "");
}

/** Why a difference is meant, or null. */
export function knownReason(difference) {
  return KNOWN.find((rule) => rule.is(difference))?.reason ?? null;
}
