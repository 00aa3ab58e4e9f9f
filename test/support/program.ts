import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..", "..");
const BIN = join(ROOT, "bin", "duckhouse-dbt.js");

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real program. Nothing of the caller's dbt settings reaches it. */
export function start(args: readonly string[], cwd: string, env: Record<string, string> = {}): ChildProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("DBT_")));
  return spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...inherited, DBT_PROFILES_DIR: ".", TZ: "UTC", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs the real program to its end. */
export async function run(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ran> {
  return finished(start(args, cwd, env));
}

export function finished(child: ChildProcess): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      done({ code, signal, stdout, stderr });
    });
  });
}

/** A folder of its own, gone when the test is over. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "duckhouse-"));
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export function copyProject(from: string, to: string): void {
  cpSync(join(ROOT, from), to, { recursive: true });
}
