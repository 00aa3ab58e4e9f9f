// Runs every check and every test, goes on after a failure, and ends with the plain line "N passed, N failed".
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = (name) => join("node_modules", ".bin", name);
const reports = mkdtempSync(join(tmpdir(), "duckhouse-tests-"));

/** A check is one test: it passes when its command succeeds. */
const CHECKS = [
  ["types", bin("tsc"), ["--noEmit"]],
  ["format", bin("prettier"), ["--check", ".", "--log-level", "warn"]],
  ["lint", bin("eslint"), [".", "--max-warnings", "0"]],
  ["layers", bin("depcruise"), ["src", "--config", ".dependency-cruiser.cjs", "--output-type", "err"]],
  ["unused", bin("knip"), ["--no-config-hints"]],
];
const SUITES = ["unit", "e2e"];
const PROGRAM = join("bin", "duckhouse-dbt.js");
const DATA = join(reports, "lakehouse");

// Downloads (once) and starts while the other tests run.
const starting = startLakehouse();

let passed = 0;
let failed = 0;

for (const [name, command, args] of CHECKS) {
  const { ok, seconds } = run(command, args);
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
}
for (const suite of SUITES) runSuite(suite);
const lakehouse = await starting;
if (lakehouse.status === null) notRun("lakehouse", lakehouse.reason);
else runSuite("lakehouse", { DUCKHOUSE_TEST_LAKEHOUSE: lakehouse.status });
spawnSync(process.execPath, [PROGRAM, "lakehouse", "down", "--data", DATA], { stdio: "inherit" });
rmSync(reports, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function runSuite(suite, env = {}) {
  const report = join(reports, `${suite}.json`);
  const { ok, seconds } = run(
    bin("vitest"),
    ["run", "--project", suite, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    env,
  );
  const counts = readCounts(report);
  passed += counts.passed;
  failed += counts.failed + (ok || counts.failed > 0 ? 0 : 1);
  console.log(`${ok ? "ok  " : "FAIL"} ${suite} tests (${seconds} s)`);
}

/** A tier that cannot run here is said loudly; on a reviewer's machine it is a failure. */
function notRun(tier, reason) {
  console.log(`NOT RUN: ${tier}: ${reason}`);
  if (process.env.CI === "true") failed++;
}

/** Gives the status as JSON, or why there is none. */
function startLakehouse() {
  const output = join(reports, "lakehouse.json");
  const log = join(reports, "lakehouse.log");
  const files = [openSync(output, "w"), openSync(log, "w")];
  const ports = ["trino", "catalog", "storage"].flatMap((name) => [`--port-${name}`, "0"]);
  const args = [PROGRAM, "lakehouse", "up", "--data", DATA, ...ports, "--output", "json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", ...files] });
  return new Promise((done) => {
    child.on("close", (code) => {
      files.forEach(closeSync);
      if (code === 0) done({ status: readFileSync(output, "utf8") });
      else done({ status: null, reason: readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n") });
    });
  });
}

function run(command, args, env = {}) {
  const started = Date.now();
  const { status } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  return { ok: status === 0, seconds: ((Date.now() - started) / 1000).toFixed(1) };
}

function readCounts(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    // The runner died before it wrote its report; its exit code counts as one failure.
    return { passed: 0, failed: 0 };
  }
}
