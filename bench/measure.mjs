// Costs of a whole process, its children included: CPU seconds, wall seconds, peak memory.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** bash's own `time` counts in milliseconds, GNU time's memory is the largest single process. */
const SCRIPT = `TIMEFORMAT='%3U %3S %3R'; { time /usr/bin/time -q -f %M -o "$1" "\${@:3}" > "$2" 2>&1; } 2>&1`;

/** The cheapest of some runs; `prepare` brings the state before each run back and is not counted. */
export function measure({ command, cwd, runs, prepare, env = {} }) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const memory = join(folder, "memory");
  const output = join(folder, "output");
  let best = null;
  for (let run = 0; run < runs; run++) {
    prepare?.();
    const { stdout, status } = spawnSync("bash", ["-c", SCRIPT, "bench", memory, output, ...command], {
      cwd,
      env: { ...process.env, ...env },
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${command.join(" ")} failed:\n${readFileSync(output, "utf8").slice(-2000)}`);
    const [user, system, wall] = stdout.trim().split(/\s+/).map(Number);
    const cost = { cpu: user + system, wall, megabytes: Math.round(Number(readFileSync(memory, "utf8")) / 1024) };
    if (best === null || cost.cpu < best.cpu) best = cost;
  }
  rmSync(folder, { recursive: true });
  return best;
}
