// The Python of the tests that drive other people's clients and of those that run Python models: a virtual environment in the user's cache, made once for each
// list of packages. Called by hand, it prints the interpreter's path.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const REQUIREMENTS = join("test", "clients", "requirements.txt");

/** The interpreter, or why there is none. */
export function clientsPython() {
  return pythonWith(REQUIREMENTS, "import pyarrow.flight, adbc_driver_flightsql, duckdb, pandas");
}

/** xorq's; it asks for other versions of what the others are. */
export function xorqPython() {
  return pythonWith(join("test", "clients", "requirements-xorq.txt"), "import xorq.api, adbc_driver_flightsql");
}

/** One with the packages of a list; `proof`: what it has to be able to run. */
export function pythonWith(requirements, proof) {
  const list = readFileSync(requirements);
  const name = `test-clients-${createHash("sha256").update(list).digest("hex").slice(0, 12)}`;
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "duckhouse-dbt", name);
  const python = join(folder, "bin", "python");
  if (existsSync(join(folder, "complete"))) return { python, reason: "" };
  rmSync(folder, { recursive: true, force: true });
  const steps = [
    ["python3", ["-m", "venv", folder]],
    [
      python,
      ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r", requirements],
    ],
    [python, ["-c", proof]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0)
      return { python: null, reason: (error?.message ?? stderr).trim().split("\n").slice(-4).join("\n") };
  }
  // Last of all: what a killed run left is made anew.
  writeFileSync(join(folder, "complete"), "");
  return { python, reason: "" };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { python, reason } = clientsPython();
  if (python === null) console.error(reason);
  else console.log(python);
  process.exitCode = python === null ? 1 : 0;
}
