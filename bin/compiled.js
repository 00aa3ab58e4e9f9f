"use strict";
/**
 * Starts the program with the code that earlier starts compiled. To compile its text costs more than most commands do, and
 * every worker thread pays for it again: a third of the CPU time of a small run.
 *
 * Node keeps compiled code by itself from 22.8 on. For the versions before, this keeps it in one file an entry, in the
 * user's own cache: it is written when a command that is new to it ends, with the functions that ran. What is in it
 * counts for one build of the program and one V8 with the same flags; anything else is as if there were no file.
 */
const { createHash } = require("node:crypto");
const {
  fstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require("node:fs");
const module_ = require("node:module");
const { homedir } = require("node:os");
const { join } = require("node:path");
const vm = require("node:vm");
const { threadId } = require("node:worker_threads");

const DIST = join(__dirname, "..", "dist");

/**
 * V8 11 (Node 20) hands functions to its optimizing compiler so early that a third of a command's CPU time goes there,
 * for code that then runs for a second. A larger budget keeps what long commands gain from it. Later versions have a
 * compiler in between, and do not know the flag. Measured in bench/README.md. Only the command does this, never the
 * library: the process is ours.
 */
function tuneRuntime() {
  if (process.versions.v8.startsWith("11.")) require("node:v8").setFlagsFromString("--interrupt-budget=500000");
}

/** Runs an entry of dist/: `cli` or `render-worker`. */
function start(entry) {
  if (process.env.NODE_DISABLE_COMPILE_CACHE !== undefined) return require(join(DIST, `${entry}.cjs`));
  if (module_.enableCompileCache !== undefined) {
    module_.enableCompileCache();
    return require(join(DIST, `${entry}.cjs`));
  }
  return startCompiled(entry);
}

function startCompiled(entry) {
  const build = readFileSync(join(DIST, "build-id"), "latin1");
  const folder = cacheFolder();
  if (folder === null) return require(join(DIST, `${entry}.cjs`));
  const path = join(folder, `${entry}-${process.version}-${process.arch}.bin`);
  const kept = readKept(path, build);
  const loader = new Loader(kept.chunks);
  const command = process.argv.slice(2).find((word) => /^[a-z][a-z-]*$/.test(word)) ?? "";
  process.on("exit", () => {
    if (!loader.isComplete || !kept.commands.includes(command))
      keep(path, folder, { build, commands: [...new Set([...kept.commands, command])] }, loader.compiled());
  });
  return loader.require(`./${entry}.cjs`);
}

/** Null: the user has no home. */
function cacheFolder() {
  try {
    return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "duckhouse-dbt", "compiled");
  } catch {
    return null;
  }
}

const importOutside = (name) => import(name);

/** Loads the chunks of dist/ as Node does, but for the compiled code that comes with them. */
class Loader {
  #kept;
  #scripts = new Map();
  #modules = new Map();
  isComplete = true;

  constructor(kept) {
    this.#kept = kept;
    this.require = this.require.bind(this);
  }

  require(id) {
    if (!id.startsWith("./")) return require(id);
    const known = this.#modules.get(id);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#modules.set(id, module);
    this.#compile(id).runInThisContext()(module.exports, this.require, module, DIST, importOutside);
    return module.exports;
  }

  #compile(id) {
    const filename = join(DIST, id);
    // The bundler writes nothing but ASCII.
    const text = `(function(exports,require,module,__dirname,importOutside){${readFileSync(filename, "latin1")}\n})`;
    const cachedData = this.#kept.get(id);
    const script = new vm.Script(text, { filename, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) this.isComplete = false;
    this.#scripts.set(id, script);
    return script;
  }

  /** What there is of each chunk now, those included that were not needed this time. */
  compiled() {
    const compiled = new Map(this.#kept);
    for (const [id, script] of this.#scripts) compiled.set(id, script.createCachedData());
    return compiled;
  }
}

/** The file: the length of the head in four bytes, the head in JSON, the chunks one after the other. */
function readKept(path, build) {
  const nothing = { commands: [], chunks: new Map() };
  const bytes = readOwn(path);
  if (bytes === null) return nothing;
  try {
    const start = 4 + bytes.readUInt32LE(0);
    const head = JSON.parse(bytes.toString("latin1", 4, start));
    // V8 believes what it is given: a damaged byte could do anything.
    if (head.build !== build || head.digest !== digestOf(bytes.subarray(start))) return nothing;
    const chunks = new Map();
    let at = start;
    for (const [id, length] of head.chunks) chunks.set(id, bytes.subarray(at, (at += length)));
    return { commands: head.commands, chunks };
  } catch {
    return nothing;
  }
}

/** Null: there is no such file, or somebody else wrote it. */
function readOwn(path) {
  let file;
  try {
    file = openSync(path, "r");
    if (process.getuid !== undefined && fstatSync(file).uid !== process.getuid()) return null;
    return readFileSync(file);
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Nothing depends on it: where it cannot be written the next start is as slow as this one. */
function keep(path, folder, { build, commands }, compiled) {
  const body = Buffer.concat([...compiled.values()]);
  const chunks = [...compiled].map(([id, bytes]) => [id, bytes.length]);
  const head = Buffer.from(JSON.stringify({ build, commands, chunks, digest: digestOf(body) }), "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const unfinished = `${path}.${process.pid}-${threadId}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return;
  }
  try {
    writeFileSync(unfinished, Buffer.concat([length, head, body]), { mode: 0o600 });
    renameSync(unfinished, path);
  } catch {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // A folder that cannot even be looked into.
    }
  }
}

function digestOf(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

module.exports = { start, tuneRuntime };
