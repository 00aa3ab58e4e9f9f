// Measures a run of many small models on Trino, beside dbt-trino, and counts the statements that each sends.
// usage: node bench/trino.mjs --server http://127.0.0.1:8080 [--catalog lake] [--models 100] [--threads 1,4] [--runs 3] [--peer PATH_TO_DBT]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Trino } from "trino-client";
import { measure } from "./measure.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
/** Every fourth model is a table, the others are views on the model before. */
const TABLE_EVERY = 4;

const { values: options } = parseArgs({
  options: {
    server: { type: "string" },
    catalog: { type: "string", default: "lake" },
    models: { type: "string", default: "100" },
    threads: { type: "string", default: "1,4" },
    runs: { type: "string", default: "3" },
    peer: { type: "string" },
    program: { type: "string", default: join(HERE, "..", "bin", "duckhouse-dbt.js") },
  },
});
if (options.server === undefined) throw new Error("--server says where Trino is, as http://127.0.0.1:8080");
const { hostname, port } = new URL(options.server);
const schema = `bench_${String(process.pid)}`;
const folder = mkdtempSync(join(tmpdir(), "bench-trino-"));
const trino = Trino.create({ server: options.server, source: "bench", extraHeaders: { "X-Trino-User": "bench" } });
const programs = [["duckhouse-dbt", [process.execPath, resolve(options.program)]]];
if (options.peer !== undefined) programs.push(["dbt-trino", [resolve(options.peer)]]);

writeProject(Number(options.models));
console.log("| program | threads | CPU s | wall s | peak MB | statements |");
console.log("|---|---:|---:|---:|---:|---:|");
// The first run makes the relations; the measured ones replace them, as the runs of every day do.
for (const threads of options.threads.split(","))
  for (const [name, command] of programs) await print(name, command, threads);
await ask(`drop schema if exists ${options.catalog}.${schema} cascade`);
rmSync(folder, { recursive: true });

async function print(name, command, threads) {
  const full = [...command, "run", "--project-dir", folder, "--profiles-dir", folder, "--threads", threads];
  const once = (runs) => measure({ command: full, cwd: folder, runs });
  once(1);
  const since = String((await ask("select to_unixtime(current_timestamp)"))[0][0]);
  once(1);
  const sent = await statementsSince(since);
  const { cpu, wall, megabytes } = once(Number(options.runs));
  console.log(
    `| ${name} | ${threads} | ${cpu.toFixed(2)} | ${wall.toFixed(2)} | ${String(megabytes)} | ${String(sent)} |`,
  );
}

/** How many statements of the measured programs the server has seen since a moment; it keeps those of some minutes. */
async function statementsSince(moment) {
  const mine = `"user" = 'bench' and source <> 'bench'`;
  const sql = `select count(*) from system.runtime.queries where ${mine} and to_unixtime(created) > ${moment}`;
  return Number((await ask(sql))[0][0]);
}

async function ask(sql) {
  const rows = [];
  for await (const { data, error } of await trino.query(sql)) {
    if (error) throw new Error(error.message);
    rows.push(...(data ?? []));
  }
  return rows;
}

function writeProject(models) {
  mkdirSync(join(folder, "models"));
  writeFileSync(join(folder, "dbt_project.yml"), "name: bench\nversion: '1.0'\nprofile: bench\n");
  writeFileSync(
    join(folder, "profiles.yml"),
    `bench: { target: dev, outputs: { dev: { type: trino, method: none, http_scheme: http, host: ${hostname}, port: ${port}, user: bench, catalog: ${options.catalog}, schema: ${schema} } } }\n`,
  );
  for (let number = 0; number < models; number++) {
    const config = number % TABLE_EVERY === 0 ? "{{ config(materialized='table') }}\n" : "";
    const sql = number === 0 ? "select 1 as id" : `select id + 1 as id from {{ ref('model_${String(number - 1)}') }}`;
    writeFileSync(join(folder, "models", `model_${String(number)}.sql`), `${config}${sql}\n`);
  }
}
