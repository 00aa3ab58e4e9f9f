// Runs the queries of TPC-H or TPC-DS as models of one project on each engine and by the router, and prints a Markdown table.
// usage: node bench/routing.mjs --lakehouse DIR --extensions DIR [--suite tpch|tpcds] [--scale 0.01] [--places local,iceberg,mixed]
//        [--warm-up 8] [--runs 3] [--work DIR] [--program bin/duckhouse-dbt.js]
// --lakehouse: the data folder of a `duckhouse-dbt lakehouse up`. --extensions: a folder with DuckDB's tpch and tpcds
// extensions for the version in use (`pip download duckdb-extension-tpch duckdb-extension-tpcds`, unpacked).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";

const HERE = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    lakehouse: { type: "string" },
    extensions: { type: "string" },
    suite: { type: "string", default: "tpch" },
    scale: { type: "string", default: "0.01" },
    places: { type: "string", default: "local,iceberg,mixed" },
    "warm-up": { type: "string", default: "8" },
    runs: { type: "string", default: "3" },
    work: { type: "string", default: join(tmpdir(), "duckhouse-routing-bench") },
    program: { type: "string", default: join(HERE, "..", "bin", "duckhouse-dbt.js") },
  },
});
const program = resolve(options.program);
const { suite } = options;
const scale = Number(options.scale);
const runs = Number(options.runs);
/** The large tables, which are in the lake where places are mixed. */
const LARGE = new Set(["lineitem", "orders", "store_sales", "catalog_sales", "web_sales", "inventory"]);
const work = join(resolve(options.work), `${suite}-${options.scale}`);
/** Of this measurement's tables. */
const STAMP = Date.now().toString(36);
const lake = `bench_${suite}_${options.scale.replace(".", "_")}`;

const { tables, queries } = await generate();
for (const place of options.places.split(",")) await measurePlace(place);

/** The suite's tables in one DuckDB file, kept for the next time, and its queries. */
async function generate() {
  mkdirSync(work, { recursive: true });
  const file = join(work, "source.duckdb");
  const isNew = !existsSync(file);
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const column = async (sql) => (await connection.runAndReadAll(sql)).getColumns()[0] ?? [];
  await connection.run(`load '${extension()}'`);
  if (isNew) await connection.run(suite === "tpch" ? `call dbgen(sf=${scale})` : `call dsdgen(sf=${scale})`);
  const found = {
    tables: (await column("select table_name from duckdb_tables() order by 1")).map(String),
    queries: (await column(`select query from ${suite}_queries() order by query_nr`)).map((sql) =>
      String(sql).trim().replace(/;$/, ""),
    ),
  };
  connection.closeSync();
  instance.closeSync();
  return found;
}

function extension() {
  const name = `${suite}.duckdb_extension`;
  const found = readdirSync(options.extensions, { recursive: true, encoding: "utf8" }).find((path) =>
    path.endsWith(name),
  );
  if (found === undefined) throw new Error(`no ${name} in ${options.extensions}`);
  return resolve(options.extensions, found);
}

/**
 * The choosers are measured in turn, each with tables of its own that nobody had before: metadata grows with every
 * replacement of a table, and the machine may be busier at one time than at another.
 */
async function measurePlace(place) {
  const folder = join(work, place);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const inLake = tables.filter((table) => place === "iceberg" || (place === "mixed" && LARGE.has(table)));
  writeProject(folder, inLake);
  loadLake(inLake);
  const learning = { POLICY: "adaptive", CI: "" };
  const choosers = {
    duckdb: { ENGINE: "duckdb" },
    trino: { ENGINE: "trino" },
    rules: {},
    learned: { POLICY: "adaptive", CI: "true" },
  };
  try {
    const warming = [];
    for (let run = 0; run < Number(options["warm-up"]); run++)
      warming.push(sum(build(folder, { ...learning, SCHEMA: schemaOf(place, "learning") }).seconds));
    const history = join(folder, ".duckhouse", "history.jsonl");
    const learned = existsSync(history) ? readFileSync(history) : null;
    const ran = Object.fromEntries(Object.keys(choosers).map((name) => [name, []]));
    // The first time makes the tables, and does not count.
    for (let turn = 0; turn <= runs; turn++)
      for (const [name, env] of Object.entries(choosers)) {
        if (learned !== null) writeFileSync(history, learned);
        const one = build(folder, { ...env, SCHEMA: schemaOf(place, name) });
        if (turn > 0) ran[name].push(one);
      }
    const medians = Object.fromEntries(Object.entries(ran).map(([name, builds]) => [name, medianOf(builds)]));
    report(place, { ...medians, warming, compared: compare(folder) });
  } finally {
    for (const name of ["learning", ...Object.keys(choosers)])
      await onTrino(`drop schema if exists lake.${schemaOf(place, name)} cascade`);
  }
}

function schemaOf(place, chooser) {
  return `${lake}_${place}_${STAMP}_${chooser}`;
}

async function onTrino(sql) {
  const headers = { "x-trino-user": "bench" };
  const { trino } = status();
  let page = await (await fetch(`${trino.url}/v1/statement`, { method: "POST", body: sql, headers })).json();
  while (page.nextUri !== undefined) page = await (await fetch(page.nextUri, { headers })).json();
  if (page.error !== undefined) console.error(`${sql}: ${page.error.message}`);
}

/** Each query as a table of the lake, whoever builds it; ENGINE and POLICY of the environment say who chooses. */
function writeProject(folder, inLake) {
  const { trino, catalog, storage } = status();
  const secret = {
    ...{ type: "s3", key_id: storage.key, secret: storage.secret, region: "us-east-1", use_ssl: false },
    ...{ url_style: "path", endpoint: storage.url.replace(/^https?:\/\//, "") },
  };
  const [host, port] = new URL(trino.url).host.split(":");
  const prod = {
    type: "duckhouse",
    default_engine: "duckdb",
    catalog: "pond",
    threads: 1,
    engines: {
      duckdb: { path: join(work, "source.duckdb"), secrets: [secret] },
      trino: {
        host,
        port: Number(port),
        user: "bench",
        catalog: "lake",
        schema: `{{ env_var('SCHEMA', '${lake}_default') }}`,
      },
    },
    router: { policy: "{{ env_var('POLICY', 'rules') }}" },
  };
  const duckdb = { endpoint: catalog.url, warehouse: "warehouse", authorization_type: "none" };
  const entry = {
    ...{ name: "pond", type: "iceberg_rest", table_format: "iceberg" },
    config: { duckdb: { ...duckdb, access_delegation_mode: "none" }, trino: { catalog: "lake" } },
  };
  const source = (name, database, schema, list) => ({
    name,
    database,
    schema,
    tables: list.map((table) => ({ name: table })),
  });
  const sources = [
    source(
      "here",
      "source",
      "main",
      tables.filter((table) => !inLake.includes(table)),
    ),
    source("lake", "{{ 'lake' if target.type == 'trino' else 'pond' }}", lake, inLake),
  ].filter(({ tables: list }) => list.length > 0);
  const files = {
    "dbt_project.yml":
      "name: bench\nprofile: bench\nmodels:\n  +materialized: table\n  +catalog_name: pond\n  +engine: \"{{ env_var('ENGINE', 'auto') }}\"\n",
    "profiles.yml": JSON.stringify({ bench: { target: "prod", outputs: { prod } } }),
    "catalogs.yml": JSON.stringify({ catalogs: [entry] }),
    "models/sources.yml": JSON.stringify({ sources }),
  };
  queries.forEach((sql, index) => {
    files[`models/q${String(index + 1).padStart(2, "0")}.sql`] = withSources(sql, inLake);
  });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Tables become CTEs' inputs by way of `source()`: a name is one where it is no column and no alias of a CTE. */
function withSources(sql, inLake) {
  const used = tables.filter((table) => new RegExp(`\\b${table}\\b`, "i").test(sql));
  const reads = used.map((table) => {
    const name = inLake.includes(table) ? "lake" : "here";
    return `${table} as (select * from {{ source('${name}', '${table}') }})`;
  });
  const own = /^\s*with\s+/i.exec(sql);
  const rest = own === null ? sql : sql.slice(own[0].length);
  return `with ${reads.join(", ")}${own === null ? " " : ", "}${rest}`;
}

/** Copies the tables into the lake, once. */
function loadLake(list) {
  if (list.length === 0) return;
  const folder = join(work, "load");
  if (existsSync(join(folder, "loaded"))) return;
  writeProject(folder, []);
  rmSync(join(folder, "models"), { recursive: true });
  mkdirSync(join(folder, "models"));
  for (const table of tables)
    writeFileSync(
      join(folder, "models", `${table}_copy.sql`),
      `{{ config(alias='${table}', schema='${lake}', catalog_name='pond', engine='duckdb') }} select * from source.main.${table}`,
    );
  mkdirSync(join(folder, "macros"), { recursive: true });
  writeFileSync(
    join(folder, "macros", "schemas.sql"),
    "{% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}",
  );
  build(folder, { ENGINE: "duckdb" });
  writeFileSync(join(folder, "loaded"), "");
}

function status() {
  const { stdout } = run(["lakehouse", "status", "--data", options.lakehouse, "--output", "json"], HERE, {});
  return JSON.parse(stdout);
}

function run(args, cwd, env) {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DBT_|ENGINE$|POLICY$|SCHEMA$)/.test(name)),
  );
  return spawnSync(process.execPath, [program, ...args], {
    cwd,
    env: { ...inherited, DBT_PROFILES_DIR: ".", ...env },
    encoding: "utf8",
    maxBuffer: 1e9,
  });
}

/** One run of all models: seconds and engine of each. Models that fail have no seconds. */
function build(folder, env) {
  const path = join(folder, "target", "run_results.json");
  rmSync(path, { force: true });
  const { stdout, stderr } = run(["run"], folder, env);
  if (!existsSync(path)) throw new Error(stdout + stderr);
  const { results } = JSON.parse(readFileSync(path, "utf8"));
  const seconds = {};
  const engines = {};
  for (const { unique_id: id, status: state, execution_time: time, adapter_response: response } of results) {
    const name = id.split(".").at(-1);
    if (state !== "success") console.error(`${folder} ${name}: ${state}`);
    else [seconds[name], engines[name]] = [time, response.engine];
  }
  return { seconds, engines };
}

/** The middle time of each model, and where the last build was. A model that failed once has none. */
function medianOf(builds) {
  const seconds = {};
  for (const name of Object.keys(builds[0]?.seconds ?? {})) {
    const times = builds.map((one) => one.seconds[name]).sort((a, b) => a - b);
    if (times.every((time) => time !== undefined)) seconds[name] = times[Math.floor((times.length - 1) / 2)];
  }
  return { seconds, engines: builds.at(-1)?.engines ?? {} };
}

function compare(folder) {
  const { stdout } = run(["build", "--compare-engines"], folder, {});
  const names = (word) =>
    [...stdout.matchAll(new RegExp(`\\b${word} (\\S+?):?$|\\b${word} (\\S+?): `, "gm"))].map(
      (match) => match[1] ?? match[2],
    );
  return { same: names("SAME"), different: names("DIFFERENT") };
}

function sum(seconds) {
  return Object.values(seconds).reduce((total, one) => total + one, 0);
}

function report(place, { duckdb, trino, rules, learned, warming, compared }) {
  const names = Object.keys(duckdb.seconds).filter((name) => trino.seconds[name] !== undefined);
  const total = (of) => names.reduce((all, name) => all + (of(name) ?? 0), 0);
  const bestOf = (name) => Math.min(duckdb.seconds[name], trino.seconds[name]);
  const least = total(bestOf);
  const line = (what, of) => {
    const seconds = total(of);
    return `| ${what} | ${seconds.toFixed(2)} | ${String(Math.round((100 * seconds) / least) - 100)} % |`;
  };
  const count = (engines) => names.filter((name) => engines[name] === "duckdb").length;
  console.log(
    `\n${suite}, scale ${options.scale}, tables ${place}: ${names.length} of ${queries.length} queries run on both engines\n`,
  );
  console.log("| chosen by | seconds | above the best of each query |");
  console.log("| --- | ---: | ---: |");
  console.log(line("the best of each query", bestOf));
  console.log(line("duckdb always", (name) => duckdb.seconds[name]));
  console.log(line("trino always", (name) => trino.seconds[name]));
  console.log(line("a coin", (name) => (duckdb.seconds[name] + trino.seconds[name]) / 2));
  console.log(line(`policy: rules (${count(rules.engines)} on duckdb)`, (name) => rules.seconds[name]));
  console.log(
    line(
      `policy: adaptive, after ${warming.length} runs (${count(learned.engines)} on duckdb)`,
      (name) => learned.seconds[name],
    ),
  );
  const elsewhere = compared.different.filter((name) => rules.engines[name] === "trino");
  console.log(`\nRuns while it learned: ${warming.map((seconds) => seconds.toFixed(1)).join(", ")} s.`);
  console.log(
    `Rows on both engines: ${compared.same.length} the same, ${compared.different.length} different (${compared.different.join(", ") || "none"}), of which the rules sent to Trino: ${elsewhere.join(", ") || "none"}.`,
  );
}
