// Runs every check and every test, goes on after a failure, and ends with the plain line "N passed, N failed".
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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

let passed = 0;
let failed = 0;

for (const [name, command, args] of CHECKS) {
  const { ok, seconds } = run(command, args);
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
}
for (const suite of SUITES) {
  const report = join(reports, `${suite}.json`);
  const { ok, seconds } = run(bin("vitest"), [
    "run",
    "--project",
    suite,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const counts = readCounts(report);
  passed += counts.passed;
  failed += counts.failed + (ok || counts.failed > 0 ? 0 : 1);
  console.log(`${ok ? "ok  " : "FAIL"} ${suite} tests (${seconds} s)`);
}
rmSync(reports, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function run(command, args) {
  const started = Date.now();
  const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
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
