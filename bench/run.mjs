// Measures whole commands on generated projects and prints a Markdown table.
// usage: node bench/run.mjs [--sizes 100,1000] [--rows parse,run] [--peer PATH_TO_DBT] [--peer-only] [--runs 3] [--program bin/duckhouse-dbt.js]
import { appendFileSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { generateProject } from "./generate-project.mjs";
import { measure } from "./measure.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILT = ["bench.duckdb", "bench.duckdb.wal", "target", "logs"];
/** Above this size only what reads the project is measured, and the peer is left out. */
const LARGEST_RUN = 1000;

/** Each row starts from what a run left; `cold`: from nothing; `prior`: from what that command left; `edits`: one model is new each time. */
const ROWS = [
  { name: "parse", args: ["parse"], cold: true, large: true },
  { name: "warm", args: ["parse"], label: "parse, unchanged", prior: "parse", large: true },
  { name: "edited", args: ["parse"], label: "parse, a model edited", prior: "parse", edits: true, large: true },
  { name: "ls", args: ["ls"], prior: "parse", large: true },
  { name: "compile", args: ["compile"] },
  { name: "run", args: ["run"], cold: true, floor: true },
  { name: "build", args: ["build"], cold: true, floor: true },
  { name: "docs", args: ["docs", "generate"] },
];

const { values: options } = parseArgs({
  options: {
    sizes: { type: "string", default: "100,1000,10000" },
    rows: { type: "string", default: "version,run1,parse,warm,edited,ls,compile,run,build,docs" },
    peer: { type: "string" },
    "peer-only": { type: "boolean", default: false },
    runs: { type: "string", default: "3" },
    threads: { type: "string", default: "4" },
    program: { type: "string", default: join(HERE, "..", "bin", "duckhouse-dbt.js") },
  },
});
const wanted = new Set(options.rows.split(","));
const runs = Number(options.runs);
const program = [process.execPath, resolve(options.program)];
const peer = options.peer === undefined ? null : [resolve(options.peer)];
/** Whose run the tables in a project's folder are from. */
const builtBy = new Map();
const work = mkdtempSync(join(tmpdir(), "bench-projects-"));

console.log("| row | models | CPU s | wall s | peak MB | floor, CPU s | peer, CPU s | peer, wall s | peer, peak MB |");
console.log("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
if (wanted.has("version")) print("--version", 0, measureBoth({ args: ["--version"] }, null));
if (wanted.has("run1")) print("run", 1, measureBoth({ args: ["run"], cold: true }, projectOf(1)));
for (const size of options.sizes.split(",").map(Number)) {
  const project = projectOf(size);
  for (const row of ROWS) {
    if (!wanted.has(row.name) || (size > LARGEST_RUN && !row.large)) continue;
    print(row.label ?? row.args.join(" "), size, {
      ...measureBoth(row, project),
      floor: row.floor && !options["peer-only"] ? floor(row, project) : null,
    });
  }
}
rmSync(work, { recursive: true });

function projectOf(models) {
  const folder = join(work, `project-${models}`);
  if (!existsSync(folder)) generateProject(models, folder);
  return { folder, models };
}

/** Files are moved, not deleted: on ext4 thousands of files just deleted make the creation of new ones many times dearer. */
function moveAway(folder) {
  const trash = mkdtempSync(join(work, "trash-"));
  for (const name of BUILT) if (existsSync(join(folder, name))) renameSync(join(folder, name), join(trash, name));
}

/** Ours and the peer's, each from its own clean state. */
function measureBoth(row, project) {
  return {
    ours: options["peer-only"] ? null : measureOne(program, row, project),
    peer: peer === null || (project?.models ?? 0) > LARGEST_RUN ? null : measureOne(peer, row, project),
  };
}

function measureOne(command, { args, cold = false, prior = "run", edits = false }, project) {
  if (project === null) return measure({ command: [...command, ...args], runs: Math.max(runs, 5) });
  const { folder, models } = project;
  const full = [...command, ...args, "--project-dir", folder, "--profiles-dir", folder];
  if (args[0] !== "parse" && args[0] !== "ls") full.push("--threads", options.threads);
  const clean = () => moveAway(folder);
  const isPeer = command === peer;
  const state = `${command.join(" ")} ${prior}`;
  if (!cold && builtBy.get(folder) !== state) {
    // Commands that do not start cold start from what another one left: a known manifest, and built tables.
    clean();
    measure({ command: [...command, prior, "--project-dir", folder, "--profiles-dir", folder], cwd: folder, runs: 1 });
  }
  builtBy.set(folder, cold ? null : state);
  const repeats = isPeer && models >= LARGEST_RUN ? 1 : runs;
  const prepare = cold ? clean : edits ? () => editModel(folder) : undefined;
  return measure({ command: full, cwd: folder, runs: repeats, prepare });
}

function editModel(folder) {
  const models = join(folder, "models");
  const [first] = readdirSync(models, { recursive: true }).filter((name) => name.endsWith(".sql"));
  appendFileSync(join(models, first), "\n-- edited");
}

/** The command's own statements, replayed without the program. */
function floor({ args }, { folder }) {
  moveAway(folder);
  const logged = ["--threads", "1", "--log-format-file", "json", "--log-level-file", "debug"];
  const command = [...program, ...args, "--project-dir", folder, "--profiles-dir", folder, ...logged];
  measure({ command, cwd: folder, runs: 1 });
  builtBy.set(folder, null);
  // The statements name their catalog, and DuckDB names a catalog after its file.
  const replay = [
    process.execPath,
    join(HERE, "replay.mjs"),
    join(folder, "logs", "dbt.log"),
    join(work, "bench.duckdb"),
  ];
  return measure({ command: replay, cwd: folder, runs });
}

function print(name, models, { ours, peer: other, floor: lowest }) {
  const number = (value, digits) => (value === undefined ? "" : value.toFixed(digits));
  const cells = [
    name,
    models === 0 ? "" : String(models),
    number(ours?.cpu, 2),
    number(ours?.wall, 2),
    number(ours?.megabytes, 0),
    number(lowest?.cpu, 2),
    number(other?.cpu, 2),
    number(other?.wall, 2),
    number(other?.megabytes, 0),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
