// Runs every check and every test, goes on after a failure, and ends with the plain line "N passed, N failed".
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clientsPython, xorqPython } from "./test-clients.mjs";
import { PREFIX, removeDeadRuns, removeRun, startLakehouse } from "./test-lakehouse.mjs";

const bin = (name) => join("node_modules", ".bin", name);
const reports = mkdtempSync(PREFIX);

/** A check is one test: it passes when its command succeeds. */
const CHECKS = [
  ["types", bin("tsc"), ["--noEmit"]],
  ["types of the docs site", bin("tsc"), ["--noEmit", "-p", "src/docs-site"]],
  ["format", bin("prettier"), ["--check", ".", "--log-level", "warn"]],
  ["lint", bin("eslint"), [".", "--max-warnings", "0"]],
  ["layers", bin("depcruise"), ["src", "--config", ".dependency-cruiser.cjs", "--output-type", "err"]],
  ["unused", bin("knip"), ["--no-config-hints"]],
];
const SUITES = ["unit", "e2e"];

let passed = 0;
let failed = 0;
const running = new Set();
let stopping = false;

removeDeadRuns();
// Starts while the other tests run.
const lakehouse = startLakehouse(reports);
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
])
  process.on(signal, () => void stop(code));

await runChecks();
for (const suite of SUITES) await runSuite(suite);
const clients = clientsPython();
const xorq = xorqPython();
if (clients.python === null) notRun("clients", clients.reason);
else await runSuite("clients", { DUCKHOUSE_TEST_PYTHON: clients.python, DUCKHOUSE_TEST_XORQ: xorq.python ?? "" });
if (xorq.python === null) notRun("xorq", xorq.reason);
const { status, reason } = await lakehouse.ready;
if (status === null) notRun("lakehouse", reason);
else {
  // Some of it is what Python's clients see; without Python the tier above has said so.
  const python = clients.python === null ? {} : { DUCKHOUSE_TEST_PYTHON: clients.python };
  const own = { DUCKHOUSE_TEST_LAKEHOUSE: status, DUCKHOUSE_TEST_FOLDER: reports };
  await runSuite("lakehouse", { ...own, ...python, DUCKHOUSE_TEST_XORQ: xorq.python ?? "" });
}
removeRun(reports);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** Each takes one core: two run at a time, and what one prints stays together. */
async function runChecks() {
  const waiting = [...CHECKS];
  const next = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const [name, command, args] = check;
      const { ok, seconds, output } = await run(command, args, {}, "pipe");
      if (ok) passed++;
      else failed++;
      process.stdout.write(output);
      console.log(`${ok ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
    }
  };
  await Promise.all([next(), next()]);
}

async function runSuite(suite, env = {}) {
  const report = join(reports, `${suite}.json`);
  const { ok, seconds } = await run(
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

/** A run that is stopped takes its servers with it; what might start others has to end first. */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  console.log("Stopped: the test lakehouse is taken down.");
  await Promise.all([...running, lakehouse.child].map(ended));
  removeRun(reports);
  process.exit(code);
}

function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  child.kill();
  const patience = setTimeout(() => child.kill("SIGKILL"), 5000);
  return new Promise((done) => child.on("exit", done)).finally(() => clearTimeout(patience));
}

/** Not with spawnSync: a signal must be heard while a suite runs. */
function run(command, args, env = {}, output = "inherit") {
  const started = Date.now();
  const child = spawn(command, args, { stdio: ["ignore", output, output], env: { ...process.env, ...env } });
  running.add(child);
  const pieces = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (piece) => pieces.push(piece));
  return new Promise((done) => {
    const end = (code) => {
      running.delete(child);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      if (!stopping) done({ ok: code === 0, seconds, output: Buffer.concat(pieces) });
    };
    child.on("error", () => end(1));
    child.on("close", end);
  });
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
