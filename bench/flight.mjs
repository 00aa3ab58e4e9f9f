// Measures reading and writing through the Flight server, beside pyarrow's server in front of DuckDB: what it costs the server.
// usage: node bench/flight.mjs [--rows 1000000,10000000] [--shapes narrow,wide,nested] [--runs 3] [--program bin/duckhouse-dbt.js]
// It needs Python 3 and installs bench/requirements.txt into the user's cache, once; Linux, for /proc.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { pythonWith } from "../scripts/test-clients.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000,10000000" },
    shapes: { type: "string", default: "narrow,wide,nested" },
    runs: { type: "string", default: "3" },
    program: { type: "string", default: join(HERE, "..", "bin", "duckhouse-dbt.js") },
  },
});
const { python, reason } = pythonWith(join(HERE, "requirements.txt"), "import pyarrow.flight, duckdb");
if (python === null) throw new Error(reason);

const WORDS = "list_value('carefully','ironic','deposits','sleep','furiously','express','packages','haggle')";
const text = (words) =>
  Array.from({ length: words }, (_, n) => `${WORDS}[1 + (hash(i, ${n}) % 8)::int]`).join(" || ' ' || ");
/** Columns over `i`; `wide` has the widths and types of TPC-H's lineitem. */
const SHAPES = {
  narrow: ["i as id", "(i % 1000)::int as kind", "i * 0.25 as amount", "date '2020-01-01' + (i % 1000)::int as day"],
  wide: [
    "(i // 4) as l_orderkey, (hash(i, 1) % 200000)::bigint as l_partkey, (i % 10000) as l_suppkey, i % 4 as l_linenumber",
    ...["l_quantity", "l_extendedprice", "l_discount", "l_tax"].map(
      (name, n) => `((hash(i, ${n}) % 10000000) / 100)::decimal(15, 2) as ${name}`,
    ),
    "['A', 'N', 'R'][1 + (i % 3)::int] as l_returnflag, if(i % 2 = 0, 'O', 'F') as l_linestatus",
    ...["l_shipdate", "l_commitdate", "l_receiptdate"].map(
      (name, n) => `date '1992-01-02' + (hash(i, ${n}) % 2500)::int as ${name}`,
    ),
    "if(i % 2 = 0, 'DELIVER IN PERSON', 'NONE') as l_shipinstruct, if(i % 3 = 0, 'TRUCK', 'MAIL') as l_shipmode",
    `${text(3)} as l_comment`,
  ],
  nested: [
    "i as id, if(i % 10 = 0, null, [i, i + 1, i + 2]) as readings",
    "{'name': 'patient ' || i, 'score': i / 3, 'at': timestamp '2026-01-01' + to_seconds(i % 100000)} as visit",
    "map {'heart': i % 200, 'breath': i % 40} as vitals, ['tag ' || (i % 7), 'a longer tag than fits'] as tags",
  ],
};

const work = mkdtempSync(join(tmpdir(), "flight-bench-"));
const database = join(work, "bench.duckdb");
writeFileSync(join(work, "dbt_project.yml"), "name: bench\nversion: '1.0'\nprofile: bench\n");
const dev = { type: "duckdb", path: "bench.duckdb", threads: 2, settings: { threads: 2 } };
writeFileSync(join(work, "profiles.yml"), JSON.stringify({ bench: { target: "dev", outputs: { dev } } }));
const OURS = [process.execPath, [resolve(options.program), "serve", "--port", "0"]];
const PEER = [python, [join(HERE, "flight-peer.py"), database, "0"]];

console.log(
  "| rows | | server CPU s | pyarrow, CPU s | ratio | wall s | pyarrow, wall s | peak MB | pyarrow, peak MB |",
);
console.log("|---|---|---:|---:|---:|---:|---:|---:|---:|");
const firsts = [];
for (const rows of options.rows.split(",").map(Number))
  for (const shape of options.shapes.split(",")) {
    await generate(shape, rows);
    const file = join(work, "rows.arrow");
    run(python, [join(HERE, "flight-peer.py"), database, `select * from ${shape}`, file]);
    const ours = await costs(OURS, shape, rows, file);
    const peer = await costs(PEER, shape, rows, file);
    for (const act of ["get", "put"]) print(`${rows.toLocaleString("en")} ${shape}`, act, ours[act], peer[act]);
    firsts.push(`${shape} ${ours.first.toFixed(1)} (${peer.first.toFixed(1)})`);
  }
console.log(`\nMilliseconds to the first of 10 rows, ours (pyarrow's): ${firsts.join(", ")}`);
rmSync(work, { recursive: true });

async function generate(shape, rows) {
  rmSync(database, { force: true });
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  await connection.run(`create table ${shape} as select ${SHAPES[shape].join(", ")} from range(${rows}) r(i)`);
  connection.closeSync();
  instance.closeSync();
}

/** The server has a process of its own for each table. */
async function costs([command, args], shape, rows, file) {
  const server = spawn(command, args, {
    cwd: work,
    env: { ...process.env, DBT_PROFILES_DIR: "." },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stopped = new Promise((done) => server.on("close", done));
  try {
    const port = await new Promise((done, failed) => {
      let said = "";
      server.on("close", () => failed(new Error(`${command} ${args.join(" ")} did not start:\n${said}`)));
      server.stdout.on("data", (chunk) => {
        said += String(chunk);
        const [, port] = /^listening \S+:(\d+)$/m.exec(said) ?? [];
        if (port !== undefined) done(port);
      });
    });
    const client = [join(HERE, "flight-client.py"), port, String(server.pid), shape, String(rows), file, options.runs];
    return JSON.parse(run(python, client));
  } finally {
    server.kill("SIGTERM");
    await stopped;
  }
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
  return stdout;
}

function print(what, act, ours, peer) {
  const cells = [
    ...[what, `do_${act}`, ours.cpu.toFixed(2), peer.cpu.toFixed(2), (ours.cpu / peer.cpu).toFixed(1)],
    ...[ours.wall.toFixed(1), peer.wall.toFixed(1), ours.megabytes, peer.megabytes],
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
