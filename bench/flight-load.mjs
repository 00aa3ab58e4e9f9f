// A server under the load of many clients that read, write and cancel: node bench/flight-load.mjs [SECONDS] [CLIENTS]
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { clientsPython } from "../scripts/test-clients.mjs";

const [seconds = "120", clients = "64"] = process.argv.slice(2);
const { python, reason } = clientsPython();
if (python === null) throw new Error(reason);
const folder = mkdtempSync(join(tmpdir(), "flight-load-"));
writeFileSync(join(folder, "dbt_project.yml"), "name: load\nversion: '1.0'\nprofile: load\n");
const outputs = { dev: { type: "duckdb", path: "load.duckdb" } };
writeFileSync(join(folder, "profiles.yml"), JSON.stringify({ load: { target: "dev", outputs } }));
const server = spawn(process.execPath, [resolve("bin/duckhouse-dbt.js"), "serve", "--port", "0"], {
  cwd: folder,
  env: { ...process.env, DBT_PROFILES_DIR: "." },
  stdio: ["ignore", "pipe", "ignore"],
});
const port = await new Promise((done) => {
  server.stdout.on("data", (chunk) => done(/:(\d+)\s*$/.exec(String(chunk))[1]));
});
const args = [resolve("test/clients/load.py"), port, String(server.pid), clients, "1"];
const { status } = spawnSync(python, args, { stdio: "inherit", env: { ...process.env, LOAD_SECONDS: seconds } });
const stopped = new Promise((done) => server.on("close", done));
server.kill("SIGTERM");
await stopped;
rmSync(folder, { recursive: true, force: true });
process.exitCode = status ?? 1;
