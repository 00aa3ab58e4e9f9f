/** The layers of the house. Each rule says why it exists; to break one, change it here in the same commit and say why. */
const stages = "1-project|2-parsing|3-graph|4-compilation|5-planning|6-execution|7-artifacts";
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: `^src/${from}/`, pathNot: "\\.test\\.ts$" },
  to: { path: "^src/", pathNot: `^src/(${[from, ...allowed].join("|")})/` },
});
const home = (name, pkg, where, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: "^src/", pathNot: where },
  to: { path: `(^|/)node_modules/${pkg}` },
});

module.exports = {
  forbidden: [
    only(
      "shared-imports-nothing",
      "shared",
      [],
      "shared holds domain-free helpers; a dbt word in it is a sign of the wrong room",
    ),
    only(
      "contracts-are-nouns",
      "contracts",
      ["shared"],
      "contracts are the nouns that stages hand over: types and schemas, no behaviour from elsewhere",
    ),
    only(
      "jinja-stands-alone",
      "jinja",
      ["contracts", "shared"],
      "the template language knows no dbt and no engine, so that it can be used and tested alone",
    ),
    only(
      "sql-stands-alone",
      "sql",
      ["contracts", "shared"],
      "what is known of SQL texts needs no engine at hand: parsers that engines lend come in as SqlReader",
    ),
    only(
      "reporting-stands-alone",
      "reporting",
      ["contracts", "shared"],
      "reporters see events only, so that any face can use them",
    ),
    ...["duckdb", "trino"].map((engine) =>
      only(
        `${engine}-stands-alone`,
        `engines/${engine}`,
        ["contracts", "shared", "arrow"],
        "an engine fills one interface and knows nobody who calls it; Arrow's layout is the same for all of them",
      ),
    ),
    only(
      "registry-stands-alone",
      "registry",
      ["contracts", "shared"],
      "what is kept of a project between commands: plain data, which others make and read",
    ),
    only("arrow-stands-alone", "arrow", ["contracts", "shared"], "memory layout and messages; no engine and no wire"),
    only(
      "flight-stands-alone",
      "flight",
      ["contracts", "shared", "arrow"],
      "a face: it speaks the protocol to a backend that the recipe hands over",
    ),
    only(
      "docs-site-stands-alone",
      "docs-site",
      [],
      "it runs in a browser and knows dbt's artifacts alone, whoever wrote them",
    ),
    {
      name: "docs-site-is-a-page",
      comment: "the build makes one file of it, which commands copy: nothing of it is loaded by the program",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/docs-site/" },
      to: { path: "^src/docs-site/" },
    },
    only("lakehouse-stands-alone", "lakehouse", ["contracts", "shared"], "a launcher of servers; it knows no dbt"),
    only(
      "packages-stand-alone",
      "packages",
      ["contracts", "shared"],
      "where packages come from; what is in them is read by 1-project, which the recipe hands over",
    ),
    ...["1-project", "2-parsing", "3-graph", "4-compilation", "5-planning", "7-artifacts"].map((stage) =>
      only(
        `stage-${stage}-alone`,
        stage,
        ["contracts", "shared", "jinja", "context"],
        "stages hand over values; they do not call each other",
      ),
    ),
    only(
      "execution-may-compile",
      "6-execution",
      ["4-compilation", "contracts", "shared", "jinja", "context"],
      "execution renders nodes through compilation, and calls no other stage",
    ),
    {
      name: "only-commands-join",
      comment: "only the recipes and the package entry join stages with concrete engines",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(commands|entry|engines)/" },
      to: { path: "^src/engines/" },
    },
    {
      name: "faces-see-commands",
      comment: "a face parses input, calls a recipe and reports",
      severity: "error",
      from: { path: "^src/cli/", pathNot: "\\.test\\.ts$" },
      to: { path: `^src/(${stages}|jinja|sql|engines)/` },
    },
    home("duckdb-at-home", "@duckdb/", "^src/engines/duckdb/", "a driver stays in its engine"),
    home("trino-at-home", "trino-client", "^src/engines/trino/transport", "its gaps are closed in one file"),
    home(
      "nunjucks-at-home",
      "nunjucks",
      "^src/jinja/nunjucks-host",
      "nunjucks hosts templates; it never compiles them",
    ),
    home(
      "sql-parser-at-home",
      "node-sql-parser",
      "^src/sql/readers/postgres",
      "what it reads wrongly is known in one file",
    ),
    home("polyglot-at-home", "@polyglot-sql/", "^src/sql/", "the translator's tree is known to sql alone"),
    home(
      "apache-arrow-at-home",
      "apache-arrow",
      "^src/(arrow/(schema|column-memory|compressed-batches|read-batches|read-file)|flight/)",
      "half a second of start-up: what needs none does without",
    ),
    home("flatbuffers-at-home", "flatbuffers", "^src/arrow/ipc", "Arrow's messages are written in one place"),
    home("grpc-at-home", "@grpc/", "^src/flight/", "the wire belongs to the server"),
    home("semver-at-home", "semver", "^src/packages/", "dbt's ranges are not npm's"),
    home(
      "marked-at-home",
      "marked",
      "^src/docs-site/markdown",
      "it reads Markdown; the HTML it could write is not used",
    ),
    home("commander-at-home", "commander", "^src/cli/", "the command line library belongs to the command line"),
    {
      name: "no-cycles",
      comment: "a cycle hides which file comes first",
      severity: "error",
      from: {},
      to: { circular: true, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-orphans",
      comment: "a file nobody imports is dead",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.test\\.ts$|^src/(entry|contracts)/" },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: "\\.test\\.ts$",
  },
};
