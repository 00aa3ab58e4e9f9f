import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { CommandResult } from "../commands/result.ts";
import { inlineOf, JSON_OUTPUT, outputOf, text, type CommandInput, type CommandRow } from "./command-row.ts";
import { yamlMapping } from "./flag-values.ts";
import { LAKEHOUSE_COMMANDS } from "./lakehouse-commands.ts";

/** A command's code is loaded when it is run: `--version` and `--help` load none of it. */
const runKind =
  (name: string, more: { readonly output?: "text" | "json" } = {}) =>
  async (invocation: Invocation): Promise<CommandResult> => {
    const { RUN_KINDS, runCommand } = await import("../commands/run-command.ts");
    const kind = RUN_KINDS[name];
    if (kind === undefined) throw new Error(`bug: no run kind ${name}`);
    return runCommand(invocation, { ...kind, ...more });
  };

function sourceOf(value: unknown): string {
  const source = text(value) ?? "hub";
  if (!["hub", "git", "local"].includes(source)) fail("DH0002", `--source: '${source}' is not one of hub, git, local`);
  return source;
}

/** Flags by the names that the questions of `init` have. */
function byQuestion(options: CommandInput["options"]): Record<string, unknown> {
  const named = Object.entries(options).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(
    named.map(([key, value]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

export const COMMANDS: readonly CommandRow[] = [
  {
    name: "build",
    help: "build and test everything, in order",
    options: [{ option: "--compare-engines", help: "build models on every engine and compare the rows" }],
    run: async (invocation, { options }) => {
      if (options["compareEngines"] !== true) return runKind("build")(invocation);
      return (await import("../commands/compare-engines-command.ts")).compareEnginesCommand(invocation);
    },
  },
  { name: "run", help: "build models", run: runKind("run") },
  { name: "test", help: "run tests", run: runKind("test") },
  {
    name: "seed",
    help: "load seeds from CSV files",
    options: [{ option: "--show", help: "print the first rows of what was loaded" }],
    run: async (invocation, { options }) =>
      (await import("../commands/seed-command.ts")).seedCommand(invocation, { show: options["show"] === true }),
  },
  { name: "snapshot", help: "take snapshots", run: runKind("snapshot") },
  {
    name: "compile",
    help: "render SQL without running it",
    options: [
      { option: "--inline <sql>", help: "compile this query" },
      { option: "--output <form>", help: "text (default) or json" },
    ],
    run: async (invocation, { options }) => {
      const inline = inlineOf({ options }, invocation);
      const output = outputOf(options);
      if (inline === null) return runKind("compile", { output })(invocation);
      return (await import("../commands/compile-inline-command.ts")).compileInlineCommand(invocation, inline, output);
    },
  },
  {
    name: "clone",
    help: "make what an earlier state has: clones where the engine can, else views",
    run: runKind("clone"),
  },
  {
    name: "retry",
    help: "run what failed or was skipped in the last command, with its flags",
    run: async (invocation, { options }) =>
      (await import("../commands/retry-command.ts")).retryCommand(invocation, {
        vars: options["vars"] !== undefined,
        threads: options["threads"] !== undefined,
      }),
  },
  {
    name: "parse",
    help: "read the project and write its manifest",
    run: async (invocation) => (await import("../commands/parse-command.ts")).parseCommand(invocation),
  },
  {
    name: "ls",
    aliases: ["list"],
    which: "list",
    help: "list nodes",
    logsToStderr: true,
    options: [
      { option: "--output <form>", help: "json, name, path or selector (default)" },
      { option: "--output-keys <keys...>", help: "which keys JSON lines have" },
    ],
    run: async (invocation, { options }) => {
      const { listCommand } = await import("../commands/list-command.ts");
      const output = text(options["output"]) ?? "selector";
      const keys = Array.isArray(options["outputKeys"])
        ? options["outputKeys"].map(String).flatMap((key) => key.split(/\s+/))
        : [];
      return listCommand(invocation, output as "json" | "name" | "path" | "selector", keys);
    },
  },
  {
    name: "show",
    help: "print the first rows of a model or query",
    options: [
      { option: "--inline <sql>", help: "a query instead of a node" },
      { option: "--inline-direct <sql>", help: "the same without templates: the project's files are not read" },
      { option: "--limit <n>", help: "how many rows (default 5, -1 = all)" },
      { option: "--output <form>", help: "text (default) or json" },
    ],
    run: async (invocation, { options }) => {
      const given = Number(text(options["limit"]) ?? "5");
      const shown = { limit: given < 0 ? null : given, output: outputOf(options) };
      const direct = inlineOf({ options }, invocation, "inlineDirect");
      if (direct !== null)
        return (await import("../commands/show-direct-command.ts")).showDirectCommand(invocation, direct, shown);
      const { showCommand } = await import("../commands/show-command.ts");
      return showCommand(invocation, { inline: inlineOf({ options }, invocation), ...shown });
    },
  },
  {
    name: "plan",
    help: "what build would do, on which engine and why; builds nothing",
    logsToStderr: true,
    options: [JSON_OUTPUT, { option: "--strict", help: "exit code 1 if something cannot be placed" }],
    run: async (invocation, { options }) =>
      (await import("../commands/plan-command.ts")).planCommand(invocation, {
        output: outputOf(options),
        strict: options["strict"] === true,
      }),
  },
  {
    name: "route",
    help: "where a query or nodes would run, and why; runs nothing",
    logsToStderr: true,
    options: [JSON_OUTPUT, { option: "--sql <sql>", help: "a query instead of nodes" }],
    run: async (invocation, { options }) =>
      (await import("../commands/route-command.ts")).routeCommand(invocation, {
        sql: text(options["sql"]),
        output: outputOf(options),
      }),
  },
  {
    name: "routing-log",
    help: "what ran where, and why",
    logsToStderr: true,
    options: [
      JSON_OUTPUT,
      { option: "--last", help: "only the last run" },
      { option: "--node <name>", help: "only this node" },
      { option: "--engine <name>", help: "only what ran on this engine" },
      { option: "--reset", help: "forget everything" },
    ],
    run: async (invocation, { options }) =>
      (await import("../commands/routing-log-command.ts")).routingLogCommand(invocation, {
        output: outputOf(options),
        last: options["last"] === true,
        node: text(options["node"]),
        engine: text(options["engine"]),
        reset: options["reset"] === true,
      }),
  },
  {
    name: "tables",
    help: "every relation that the project builds or reads: where it is, how much it holds",
    logsToStderr: true,
    options: [JSON_OUTPUT],
    run: async (invocation, { options }) =>
      (await import("../commands/tables-command.ts")).tablesCommand(invocation, outputOf(options)),
  },
  {
    name: "query",
    help: "run SQL where it is best run; - reads it from standard input",
    logsToStderr: true,
    args: ["<sql>"],
    options: [
      { option: "--engine <name>", help: "auto (default), duckdb or trino" },
      { option: "--format <form>", help: "table (default), csv, json or arrow (an IPC stream)" },
      { option: "--limit <n>", help: "how many rows (default 1000 for a table, else all; -1 = all)" },
      { option: "--explain", help: "print where it would run and why, and run nothing" },
      { option: "--latency <how>", help: "low: whatever fits runs on the fast engine" },
      { option: "--user <name>", help: "the login of a server that has the database file open" },
      { option: "--password-env <variable>", help: "the environment variable that holds its password" },
    ],
    run: async (invocation, { options, args }) =>
      (await import("../commands/query-command.ts")).queryCommand(invocation, {
        sql: args[0] ?? "",
        engine: text(options["engine"]) ?? "auto",
        format: text(options["format"]) ?? "table",
        limit: text(options["limit"]),
        explain: options["explain"] === true,
        latency: text(options["latency"]),
        login: { user: text(options["user"]), passwordEnv: text(options["passwordEnv"]) },
      }),
  },
  {
    name: "ingest",
    help: "load files (csv, parquet, json, arrow), folders or patterns into a table, where its size sends it",
    logsToStderr: true,
    args: ["<files...>"],
    options: [
      JSON_OUTPUT,
      { option: "--table <name>", help: "where the rows go; may have a schema and a database" },
      { option: "--mode <how>", help: "create (default), append or replace" },
      { option: "--engine <name>", help: "auto (default), duckdb, or trino: the shared catalog" },
      { option: "--format <form>", help: "csv, parquet, json or arrow, where the files' names do not say so" },
    ],
    run: async (invocation, { options, args, folder }) =>
      (await import("../commands/ingest-command.ts")).ingestCommand(invocation, {
        paths: args,
        folder,
        table: text(options["table"]),
        mode: text(options["mode"]) ?? "create",
        engine: text(options["engine"]) ?? "auto",
        format: text(options["format"]),
        output: outputOf(options),
      }),
  },
  {
    name: "serve",
    help: "an Arrow Flight server: any client's queries and uploads, routed",
    logsToStderr: true,
    options: [
      { option: "--host <host>", help: "default 127.0.0.1" },
      { option: "--port <n>", help: "default 31337; 0 = any free one" },
      { option: "--tls-cert <file>", help: "a certificate, as PEM" },
      { option: "--tls-key <file>", help: "its key" },
      { option: "--user <name>", help: "clients have to log in" },
      { option: "--password-env <variable>", help: "the environment variable that holds the password" },
      { option: "--read-only", help: "refuse everything that may write" },
      { option: "--max-queries <n>", help: "what one user may run at once (default 100)" },
      { option: "--max-seconds <n>", help: "how long a query may run (default 3600)" },
      { option: "--max-rows <n>", help: "how many rows a query or an upload may have (default: any number)" },
      { option: "--max-bytes <n>", help: "how many bytes they may have" },
      { option: "--insecure", help: "listen beyond this machine without TLS or password" },
    ],
    run: async (invocation, { options, version }) =>
      (await import("../commands/serve-command.ts")).serveCommand(invocation, {
        host: text(options["host"]) ?? "127.0.0.1",
        port: text(options["port"]) ?? "31337",
        tlsCert: text(options["tlsCert"]),
        tlsKey: text(options["tlsKey"]),
        user: text(options["user"]),
        passwordEnv: text(options["passwordEnv"]),
        readOnly: options["readOnly"] === true,
        insecure: options["insecure"] === true,
        maxQueries: text(options["maxQueries"]),
        maxRows: text(options["maxRows"]),
        maxBytes: text(options["maxBytes"]),
        maxSeconds: text(options["maxSeconds"]),
        version,
      }),
  },
  {
    name: "debug",
    help: "check the installation, the profile and the connection",
    options: [
      { option: "--connection", help: "check the connection alone, not the project's files" },
      { option: "--config-dir", help: "say where profiles.yml lies, and check nothing" },
    ],
    run: async (invocation, { version, options }) => {
      const { debugCommand, sayConfigDir } = await import("../commands/debug-command.ts");
      if (options["configDir"] === true) return sayConfigDir(invocation);
      return debugCommand(invocation, version, { connection: options["connection"] === true });
    },
  },
  {
    name: "deps",
    help: "install the packages of packages.yml or dependencies.yml",
    options: [
      { option: "--upgrade", help: "choose versions anew, also where package-lock.yml has them" },
      { option: "--lock", help: "write package-lock.yml and install nothing" },
      { option: "--add-package <name@version>", help: "add a package to packages.yml first" },
      { option: "--source <kind>", help: "where the added package comes from: hub (default), git or local" },
      { option: "--offline", help: "use only what was fetched before" },
    ],
    run: async (invocation, { options }) =>
      (await import("../commands/deps-command.ts")).depsCommand(invocation, {
        upgrade: options["upgrade"] === true,
        lock: options["lock"] === true,
        offline: options["offline"] === true,
        add: text(options["addPackage"]),
        source: sourceOf(options["source"]),
      }),
  },
  {
    name: "init",
    help: "make a new project; in a project, set up its profile",
    args: ["[name]"],
    withoutProject: true,
    options: [
      { option: "-s, --skip-profile-setup", help: "make no profile" },
      { option: "--adapter <name>", help: "duckdb (default), trino or duckhouse (both)" },
      { option: "--path <file>", help: "DuckDB's database file (default dev.duckdb)" },
      { option: "--schema <name>", help: "where models are built" },
      { option: "--method <name>", help: "how to log in to Trino: none (default), ldap, jwt, certificate" },
      { option: "--host <host>", help: "Trino's host" },
      { option: "--port <n>", help: "Trino's port (default 8080, with a login 443)" },
      { option: "--user <name>", help: "Trino's user" },
      { option: "--password-env <variable>", help: "the environment variable with the password or token" },
      { option: "--client-certificate <file>", help: "the certificate to log in with" },
      { option: "--client-private-key <file>", help: "its key" },
      { option: "--catalog <name>", help: "Trino's catalog" },
      { option: "--catalog-url <url>", help: "the Iceberg REST catalog that both engines use" },
      { option: "--warehouse <name>", help: "its warehouse" },
      { option: "--s3-endpoint <host>", help: "where its files are" },
      { option: "--answers <yaml>", help: "answers by question, such as those of a profile_template.yml" },
      { option: "--overwrite-output", help: "replace an output that profiles.yml has" },
    ],
    run: async (invocation, { options, args }) =>
      (await import("../commands/init-command.ts")).initCommand(invocation, {
        name: args[0] ?? "",
        skipProfileSetup: options["skipProfileSetup"] === true,
        overwriteOutput: options["overwriteOutput"] === true,
        answers: { ...byQuestion(options), ...yamlMapping(text(options["answers"]) ?? "{}", "--answers") },
      }),
  },
  {
    name: "clean",
    help: "remove the folders of clean-targets",
    run: async (invocation) => (await import("../commands/clean-command.ts")).cleanCommand(invocation),
  },
  {
    name: "source freshness",
    group: "work with sources",
    which: "freshness",
    aliases: ["snapshot-freshness"],
    help: "check how old the sources' data is",
    options: [{ option: "-o, --output <file>", help: "where the results go (default: target/sources.json)" }],
    run: async (invocation, { options }) =>
      (await import("../commands/freshness-command.ts")).freshnessCommand(invocation, text(options["output"])),
  },
  {
    name: "docs generate",
    group: "work with documentation",
    which: "generate",
    help: "write manifest, catalog and the page that shows them",
    options: [
      { option: "--compile", help: "compile first (default)" },
      { option: "--no-compile", help: "do not compile first" },
      { option: "--empty-catalog", help: "do not ask the database" },
      { option: "--static", help: "also write static_index.html, which holds everything in one file" },
    ],
    run: async (invocation, { options }) =>
      (await import("../commands/docs-command.ts")).docsGenerateCommand(invocation, {
        compile: options["compile"] !== false,
        emptyCatalog: options["emptyCatalog"] === true,
        static: options["static"] === true,
      }),
  },
  {
    name: "docs serve",
    group: "work with documentation",
    help: "show the docs that `docs generate` wrote in a browser, until Ctrl-C",
    options: [
      { option: "--host <host>", help: "where to listen (default 127.0.0.1)" },
      { option: "--port <n>", help: "default 8080; 0 = any free one" },
      { option: "--browser", help: "open a browser (default)" },
      { option: "--no-browser", help: "open none" },
    ],
    run: async (invocation, { options }) =>
      (await import("../commands/docs-serve-command.ts")).docsServeCommand(invocation, {
        host: text(options["host"]),
        port: text(options["port"]),
        browser: options["browser"] !== false,
      }),
  },
  {
    name: "run-operation",
    help: "call a macro",
    args: ["<macro>"],
    options: [{ option: "--args <yaml>", help: "the macro's arguments, as YAML" }],
    run: async (invocation, { options, args }) => {
      const { runOperationCommand } = await import("../commands/run-operation-command.ts");
      return runOperationCommand(invocation, args[0] ?? "", yamlMapping(text(options["args"]) ?? "{}", "--args"));
    },
  },
  ...LAKEHOUSE_COMMANDS,
];
