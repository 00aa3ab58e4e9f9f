// Measures a copy that a run makes for the other engine beside the bare statement that moves the same rows into the same
// catalog, in turn: TPC-H's lineitem from DuckDB to Trino and from Trino (its tpch catalog) to DuckDB. Prints a Markdown table.
// usage: node bench/transfers.mjs --lakehouse DIR --extensions DIR [--scale 1] [--runs 3] [--work DIR] [--program bin/duckhouse-dbt.js]
// --lakehouse: the data folder of a `duckhouse-dbt lakehouse up`. --extensions: a folder with DuckDB's tpch extension for the
// version in use (`pip download duckdb-extension-tpch`, unpacked).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
    scale: { type: "string", default: "1" },
    runs: { type: "string", default: "3" },
    work: { type: "string", default: join(tmpdir(), "duckhouse-transfers-bench") },
    program: { type: "string", default: join(HERE, "..", "bin", "duckhouse-dbt.js") },
  },
});
const work = join(resolve(options.work), `tpch-${options.scale}`);
const source = join(work, "source.duckdb");
const SCHEMA = `bench_transfers_${Date.now().toString(36)}`;
const { trino, catalog, storage } = JSON.parse(
  dbt(["lakehouse", "status", "--data", options.lakehouse, "--output", "json"], HERE),
);

await generate();
await onTrino(`create schema lake.${SCHEMA}`);
try {
  console.log("| rows of lineitem | bare statement, s | the run's copy, s | speed |\n| --- | ---: | ---: | ---: |");
  await measure("DuckDB to Trino", ["source", "main"], "trino", duckdbAlone);
  await measure("Trino to DuckDB", ["tpch", `sf${options.scale}`], "duckdb", trinoAlone);
} finally {
  await onTrino(`drop schema lake.${SCHEMA} cascade`);
}

/** The table in a DuckDB file, kept for the next time. */
async function generate() {
  mkdirSync(work, { recursive: true });
  if (existsSync(source)) return;
  const find = (path) => path.endsWith("tpch.duckdb_extension");
  const extension = readdirSync(options.extensions, { recursive: true, encoding: "utf8" }).find(find);
  await inDuckDB(source, [`load '${resolve(options.extensions, extension)}'`, `call dbgen(sf=${options.scale})`]);
}

async function measure(what, place, reader, alone) {
  const bare = [];
  const copied = [];
  for (let run = 0; run < Number(options.runs); run++) {
    bare.push(await alone(`lake.${SCHEMA}.bare_${reader}_${String(run)}`));
    copied.push(copy(place, reader));
  }
  const [a, b] = [median(bare), median(copied)];
  console.log(`| ${what} | ${a.toFixed(2)} | ${b.toFixed(2)} | ${String(Math.round((100 * a) / b))} % |`);
}

/** A model of the one engine that reads the other's table: what the run says its copy took. */
function copy([database, schema], reader) {
  const folder = join(work, reader);
  rmSync(folder, { recursive: true, force: true });
  const sources = [{ name: "there", database, schema, tables: [{ name: "lineitem" }] }];
  const [host, port] = new URL(trino.url).host.split(":");
  const engines = {
    duckdb: { path: source, secrets: [secret()] },
    trino: { host, port: Number(port), user: "bench", catalog: "lake", schema: SCHEMA },
  };
  const prod = { type: "duckhouse", default_engine: "duckdb", catalog: "pond", threads: 1, engines };
  const duckdb = { endpoint: catalog.url, warehouse: "warehouse", authorization_type: "none" };
  const config = { duckdb: { ...duckdb, access_delegation_mode: "none" }, trino: { catalog: "lake" } };
  const entry = { name: "pond", type: "iceberg_rest", table_format: "iceberg", config };
  const files = {
    "dbt_project.yml": "name: bench\nprofile: bench\n",
    "profiles.yml": JSON.stringify({ bench: { target: "prod", outputs: { prod } } }),
    "catalogs.yml": JSON.stringify({ catalogs: [entry] }),
    "models/sources.yml": JSON.stringify({ sources }),
    "models/reader.sql": `{{ config(engine='${reader}', materialized='table', catalog_name='pond') }} select count(*) as n from {{ source('there', 'lineitem') }}`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const seconds = /1 transfer \(([\d.]+)s\)/.exec(dbt(["run"], folder))?.[1];
  if (seconds === undefined) throw new Error(`${reader}: no copy was made`);
  return Number(seconds);
}

async function duckdbAlone(table) {
  const { type, ...own } = secret();
  const fields = Object.entries(own).map(
    ([name, value]) => `${name} ${typeof value === "string" ? `'${value}'` : value}`,
  );
  return await inDuckDB(source, [
    `create secret (type ${type}, ${fields.join(", ")})`,
    `attach 'warehouse' as lake (type iceberg, endpoint '${catalog.url}', authorization_type none, access_delegation_mode none)`,
    `create table ${table} as select * from source.main.lineitem`,
  ]);
}

async function trinoAlone(table) {
  return await timed(() => onTrino(`create table ${table} as select * from tpch."sf${options.scale}".lineitem`));
}

/** Seconds of the last statement. */
async function inDuckDB(file, statements) {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  let seconds = 0;
  for (const sql of statements) seconds = await timed(() => connection.run(sql));
  connection.closeSync();
  instance.closeSync();
  return seconds;
}

async function timed(action) {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

function secret() {
  const endpoint = new URL(storage.url).host;
  const login = { key_id: storage.key, secret: storage.secret, region: "us-east-1" };
  return { type: "s3", ...login, use_ssl: false, url_style: "path", endpoint };
}

async function onTrino(sql) {
  const headers = { "x-trino-user": "bench" };
  let page = await (await fetch(`${trino.url}/v1/statement`, { method: "POST", body: sql, headers })).json();
  while (page.nextUri !== undefined) page = await (await fetch(page.nextUri, { headers })).json();
  if (page.error !== undefined) throw new Error(`${sql}: ${page.error.message}`);
}

function dbt(args, cwd) {
  const env = { ...process.env, DBT_PROFILES_DIR: "." };
  const ran = spawnSync(process.execPath, [resolve(options.program), ...args], { cwd, env, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(ran.stdout + ran.stderr);
  return ran.stdout;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
