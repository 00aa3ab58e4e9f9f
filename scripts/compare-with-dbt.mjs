#!/usr/bin/env node
// Runs real dbt (dbt-core with dbt-duckdb) and this program on two copies of one project and prints every difference:
// manifest, compiled SQL, results and messages, freshness, exit codes, what ls, show and run-operation print, and all rows of
// all tables.
//
//   npm run compare-with-dbt -- PROJECT_DIR [--dbt PATH] [--commands "seed,run,test"] [--vars YAML] [--profiles-dir DIR]
//                               [--root DIR] [--keep] [--examples 3]
//
// --dbt           the dbt to compare with (default: `dbt` on the PATH); build this program first (npm run build)
// --commands      comma-separated, each with its own options if wanted: "seed --full-refresh,build"
// --profiles-dir  without it the project's own profiles.yml serves; without that, one with a local DuckDB file is written
// --root          the folder to copy when the project needs more than itself (packages with `local: ../`)
// --keep          leaves the two copies for a look
//
// Both sides see the environment: GREETING=hello npm run compare-with-dbt -- test/projects/hooks/project
//
// Exit code: 0 equal but for known differences (scripts/compare/known-differences.mjs), 1 something differs, 2 could not run.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse as parseYaml } from "yaml";
import { Differences } from "./compare/differences.mjs";
import {
  compareCatalogs,
  compareCompiled,
  compareFreshness,
  compareManifests,
  compareResults,
} from "./compare/artifacts.mjs";
import { compareTables } from "./compare/tables.mjs";

const OURS = resolve(import.meta.dirname, "..", "bin", "duckhouse-dbt.js");
const NOT_COPIED = new Set([".git", ".venv", "node_modules"]);
/** Made by dbt beside a dbt_project.yml; elsewhere these are names like any other, such as `models/logs`. */
const MADE_BY_DBT = new Set(["target", "logs"]);

function isCopied(path) {
  const name = basename(path);
  if (NOT_COPIED.has(name) || /\.(duckdb|db)(\.wal)?$/.test(path)) return false;
  return !MADE_BY_DBT.has(name) || !existsSync(join(dirname(path), "dbt_project.yml"));
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dbt: { type: "string", default: "dbt" },
      commands: { type: "string", default: "seed,run,test" },
      vars: { type: "string" },
      "profiles-dir": { type: "string" },
      root: { type: "string" },
      keep: { type: "boolean", default: false },
      examples: { type: "string", default: "3" },
    },
  });
  const [given] = positionals;
  if (given === undefined) throw new Error("which project? node scripts/compare-with-dbt.mjs PROJECT_DIR");
  const project = resolve(given);
  if (!existsSync(join(project, "dbt_project.yml"))) throw new Error(`${project} has no dbt_project.yml`);
  const root = resolve(values.root ?? project);
  return { ...values, project, root, inside: relative(root, project), examples: Number(values.examples) };
}

/** One copy of the project, and the program that runs in it. */
function makeSide(options, base, name, program) {
  const root = join(base, name, basename(options.root));
  cpSync(options.root, root, {
    recursive: true,
    filter: isCopied,
  });
  const project = join(root, options.inside);
  return {
    name,
    program,
    root,
    project,
    target: join(project, "target"),
    profiles: profilesFor(options, project, base),
  };
}

function profilesFor(options, project, base) {
  if (options["profiles-dir"] !== undefined) return resolve(options["profiles-dir"]);
  if (existsSync(join(project, "profiles.yml"))) return project;
  const folder = join(base, "profiles");
  const { profile, name } = parseYaml(readFileSync(join(project, "dbt_project.yml"), "utf8"));
  const output = { type: "duckdb", path: "compare.duckdb", threads: 4 };
  mkdirSync(folder, { recursive: true });
  // JSON is YAML.
  writeFileSync(
    join(folder, "profiles.yml"),
    JSON.stringify({ [profile ?? name]: { target: "dev", outputs: { dev: output } } }),
  );
  return folder;
}

/** `run --select "a b"` as a list of arguments. */
function splitWords(text) {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3]);
}

/** Commands whose standard output is their result. */
const answers = ([command]) => ["ls", "list", "show", "run-operation"].includes(command);

function run(side, words, vars) {
  const [command, ...rest] = side.program;
  // Messages would stand among what the command is asked for.
  if (answers(words)) words = [...words, "--quiet"];
  const takesVars = vars !== undefined && words[0] !== "deps";
  for (const stale of ["run_results.json", "catalog.json", "sources.json", "compiled"])
    if (words[0] !== "retry") rmSync(join(side.target, stale), { recursive: true, force: true });
  const done = spawnSync(command, [...rest, ...words, ...(takesVars ? ["--vars", vars] : [])], {
    cwd: side.project,
    encoding: "utf8",
    maxBuffer: 1 << 30,
    env: {
      ...process.env,
      DBT_PROFILES_DIR: side.profiles,
      DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      DBT_USE_COLORS: "false",
      DBT_PARTIAL_PARSE: "false",
      TZ: "UTC",
    },
  });
  if (done.error !== undefined) throw done.error;
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

function needsDeps(project) {
  const declared = ["packages.yml", "dependencies.yml"].some((name) => existsSync(join(project, name)));
  return declared && !existsSync(join(project, "dbt_packages")) && !existsSync(join(project, "dbt_modules"));
}

/** Both sides use the packages that dbt installed, so that `deps` is not what is compared. */
function installPackages(sides) {
  const [dbt, ours] = sides;
  if (!needsDeps(dbt.project)) return;
  const done = run(dbt, ["deps"]);
  if (done.code !== 0) throw new Error(`dbt deps failed:\n${done.stdout}${done.stderr}`);
  const [from, to] = sides.map((side) => join(side.project, "dbt_packages"));
  if (!existsSync(from)) return;
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    // A local package is a link to a folder that the other side has its own copy of.
    if (lstatSync(join(from, name)).isSymbolicLink())
      symlinkSync(join(ours.root, relative(dbt.root, realpathSync(join(from, name)))), join(to, name));
    else cpSync(join(from, name), join(to, name), { recursive: true });
  }
}

function compareStep(sides, words, options, differences) {
  const started = sides.map((side) => {
    const begin = performance.now();
    const done = run(side, words, options.vars);
    return { ...done, seconds: (performance.now() - begin) / 1000 };
  });
  const [dbt, ours] = started;
  const step = words.join(" ");
  console.log(`${step}: dbt ${dbt.seconds.toFixed(1)} s, ours ${ours.seconds.toFixed(1)} s`);
  if (dbt.code !== ours.code) differences.add("exit code", step, dbt.code, ours.code);
  // A failed node is in the results; why a command could not run at all stands nowhere else.
  for (const [index, side] of sides.entries())
    if (started[index].code > 1 || (started[index].code === 1 && dbt.code !== ours.code))
      console.log(tail(`${side.name} said`, started[index].stdout + started[index].stderr));
  if (answers(words)) {
    const lines = started.map((done, index) => outputLines(done.stdout.replaceAll(sides[index].project, "PROJECT")));
    differences.compareSets("printed", step, lines[0], lines[1]);
  }
  compareResults(sides, step, differences);
  compareCompiled(sides, step, differences);
  if (words[0] === "docs") compareCatalogs(sides, differences);
  if (words[0] === "source") compareFreshness(sides, step, differences);
}

/** Errors are printed to the same place, with the time before them. */
function outputLines(text) {
  return text.split("\n").filter((line) => line !== "" && !/^\d\d:\d\d:/.test(line));
}

function tail(title, text) {
  return `--- ${title}\n${text.trimEnd().split("\n").slice(-12).join("\n")}\n---`;
}

async function main() {
  const options = readOptions();
  const base = mkdtempSync(join(realpathSync(tmpdir()), "compare-with-dbt-"));
  try {
    const sides = [
      makeSide(options, base, "dbt", [options.dbt]),
      makeSide(options, base, "ours", [process.execPath, OURS]),
    ];
    const differences = new Differences();
    installPackages(sides);
    for (const command of options.commands.split(",")) compareStep(sides, splitWords(command), options, differences);
    const parsed = sides.map((side) => existsSync(join(side.target, "manifest.json")));
    if (!parsed.includes(true))
      throw new Error(
        "neither side could read the project, so that there is nothing to compare (does it need an env var?)",
      );
    // Without a manifest on one side, everything would be missing there: say the one thing.
    if (parsed.includes(false)) differences.add("has a manifest", "project", ...parsed);
    else {
      compareManifests(sides, differences);
      await compareTables(sides, differences);
    }
    differences.print(options.examples);
    process.exitCode = differences.unexplained === 0 ? 0 : 1;
  } finally {
    if (options.keep) console.log(`kept: ${base}`);
    else rmSync(base, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(`compare-with-dbt: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
