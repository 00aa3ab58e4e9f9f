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
const texts = (list) => [...new Set(list.map((entry) => JSON.stringify(entry)))].sort();
const sameSet = (a, b) => sameList(texts(a), texts(b));

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
      const [noted, both] = [dbt, ours].map((list) => list.filter((id) => id.includes(".test_")));
      const names = new Set([...noted, ...both].map((id) => id.split(".")[2]));
      return names.size === 1 && noted.every((id) => both.includes(id));
    },
    reason:
      "of a package's test that the project has a namesake of, dbt notes the namesake alone as parent until it compiles the test",
  },
  {
    is: ({ kind, dbt, ours }) =>
      kind === "operation.depends_on.macros" && isList(dbt) && isList(ours) && ours.every((id) => dbt.includes(id)),
    reason: "dbt lists the macros of one hook among the parents of the others, too",
  },
  {
    is: ({ kind, dbt, ours }) =>
      /compiled.code$|^compiled SQL$/.test(kind) &&
      typeof dbt === "string" &&
      withoutComments(dbt) === withoutComments(ours),
    reason: "comments that dbt-duckdb's macros leave in the text",
  },
  {
    is: ({ kind, place, dbt }) =>
      kind.startsWith("compiled file: missing") && /^(test|build)\b/.test(place) && /\.ya?ml\/[^/]+\.sql$/.test(dbt),
    reason: "dbt writes the fixtures of unit tests to files of their own",
  },
  {
    is: ({ kind, dbt, ours }) => kind.startsWith("snapshot.compiled") && dbt === undefined && ours !== undefined,
    reason: "dbt 1.12 compiles snapshots to files, dbt 1.11 does not",
  },
  {
    is: ({ kind, dbt, ours }) => kind === "snapshot.compiled_path" && dbt === null && typeof ours === "string",
    reason: "dbt 1.12 compiles snapshots to files, dbt 1.11 does not",
  },
  {
    is: ({ kind, dbt, ours }) => /\.(macro_sql|raw_code)$/.test(kind) && String(dbt).replaceAll("\r\n", "\n") === ours,
    reason: "line ends are read as one newline here, also those of Windows",
  },
  {
    is: ({ kind, dbt, ours }) => kind === "operation.compiled_path" && String(dbt).replace("/./", "/") === ours,
    reason: "dbt's path of a hook's compiled text holds a superfluous dot",
  },
  {
    is: ({ kind, dbt, ours }) =>
      /unrendered_config\.(pre|post)-hook$/.test(kind) && isList(ours) && sameList([dbt], ours),
    reason: "hooks are always lists here, also a single one",
  },
  {
    is: ({ kind, ours }) => kind.startsWith("compiled file: not in dbt") && /(^|\/)snapshots\//.test(ours),
    reason: "dbt 1.12 compiles snapshots to files, dbt 1.11 does not",
  },
  {
    is: ({ kind, dbt, ours }) =>
      /^model\.(columns\.)?constraints$/.test(kind) &&
      isList(dbt) &&
      isList(ours) &&
      sameList(dbt.map(withoutTarget), ours.map(withoutTarget)),
    reason: "dbt replaces ref() in foreign keys by the relation, in the manifest that it writes after a run",
  },
  {
    is: ({ kind, dbt, ours }) =>
      /^model\.(sources|depends_on\.nodes)$/.test(kind) && isList(dbt) && isList(ours) && sameSet(dbt, ours),
    reason: "dbt's quick parser lists a model's sources once each, in an order that changes from run to run",
  },
  {
    is: ({ kind }) => /^(metadata|.*metadata)\.dbt_version$/.test(kind),
    reason: "we speak the dbt 1.12 language, the dbt compared with may be older",
  },
];

const withoutTarget = (constraint) => ({ ...constraint, to: null });

/** Known comments only: the text is one line here, so that a comment has no visible end. */
function withoutComments(text) {
  return String(text).replaceAll("-- duckdb dateadd does not support quarter interval. ", "");
}

/** Why a difference is meant, or null. */
export function knownReason(difference) {
  return KNOWN.find((rule) => rule.is(difference))?.reason ?? null;
}
