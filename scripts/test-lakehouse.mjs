// The lakehouse of a test run, and the servers that its tests start: everything lives below one folder, and goes with it.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = join("bin", "duckhouse-dbt.js");
/** Folders of test runs begin so. */
export const PREFIX = join(tmpdir(), "duckhouse-tests-");
const OWNER = "owner.pid";

/** Downloads (once) and starts; `ready` gives the status as JSON, or why there is none. */
export function startLakehouse(folder) {
  writeFileSync(join(folder, OWNER), String(process.pid));
  const output = join(folder, "lakehouse.json");
  const log = join(folder, "lakehouse.log");
  const files = [openSync(output, "w"), openSync(log, "w")];
  const ports = ["trino", "catalog", "storage"].flatMap((name) => [`--port-${name}`, "0"]);
  const args = [PROGRAM, "lakehouse", "up", "--data", join(folder, "lakehouse"), ...ports, "--output", "json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", ...files] });
  const ready = new Promise((done) => {
    child.on("close", (code) => {
      files.forEach(closeSync);
      if (code === 0) done({ status: readFileSync(output, "utf8") });
      else done({ status: null, reason: readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n") });
    });
  });
  return { child, ready };
}

/** Ends every server of a test run and removes its folder. */
export function removeRun(folder) {
  // A process group of its own: a second Ctrl-C must not stop the stopping.
  spawnSync(process.execPath, [PROGRAM, "lakehouse", "down", "--data", join(folder, "lakehouse")], {
    stdio: "ignore",
    detached: true,
  });
  for (const name of readdirSync(folder)) endServer(join(folder, name));
  rmSync(folder, { recursive: true, force: true });
}

/** A server that a test started writes its pid beside its data; its command line names the folder. */
function endServer(folder) {
  const file = join(folder, "server.pid");
  if (!existsSync(file)) return;
  const pid = readFileSync(file, "utf8");
  const command = spawnSync("ps", ["-o", "command=", "-ww", "-p", pid], { encoding: "utf8" }).stdout ?? "";
  if (command.includes(folder)) process.kill(Number(pid), "SIGKILL");
}

/** Runs that were killed with SIGKILL could not clean up: the next one does. */
export function removeDeadRuns() {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    const owner = join(folder, OWNER);
    if (folder.startsWith(PREFIX) && existsSync(owner) && !isAlive(Number(readFileSync(owner, "utf8"))))
      removeRun(folder);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
