import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { until } from "../support/own-trino.ts";
import { ROOT, temporaryFolder } from "../support/program.ts";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The servers of the test run below a folder, once all three were started. */
function servers(folder: string): number[] {
  const [run] = readdirSync(folder).filter((name) => name.startsWith("duckhouse-tests-") && !name.endsWith("-dead"));
  const state = join(folder, run ?? "", "lakehouse", "lakehouse.json");
  if (run === undefined || !existsSync(state)) return [];
  const { pids } = JSON.parse(readFileSync(state, "utf8")) as { pids: Record<string, number> };
  return Object.values(pids).filter((pid) => pid > 0);
}

test.each(["SIGINT", "SIGTERM"] as const)("a test run stopped by %s takes its lakehouse down", async (signal) => {
  using work = temporaryFolder();
  // What a run that was killed left behind: no process has this pid.
  const dead = join(work.path, "duckhouse-tests-dead");
  mkdirSync(dead);
  writeFileSync(join(dead, "owner.pid"), "999999999");
  const child = spawn(process.execPath, [join("scripts", "test-all.mjs")], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: work.path },
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((done) => child.on("exit", done));
  try {
    await until("the three servers run", 60_000, () => servers(work.path).length === 3);
    expect(existsSync(dead)).toBe(false);
    const pids = servers(work.path);
    child.kill(signal);
    expect(await ended).toBe(signal === "SIGINT" ? 130 : 143);
    // They ended before the run did; the system may need a moment to forget them.
    await until("the servers are gone", 10_000, () => !pids.some(isAlive));
    expect(readdirSync(work.path).filter((name) => name.startsWith("duckhouse-tests-"))).toEqual([]);
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
});
