import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readTextIfExists } from "../shared/files.ts";

/** Starts a program that outlives us; what it prints goes to a log file. */
export function startDetached(command: string, args: readonly string[], folder: string, name: string): number {
  mkdirSync(join(folder, "logs"), { recursive: true });
  const log = openSync(logFile(folder, name), "w");
  try {
    const child = spawn(command, args, { cwd: folder, detached: true, stdio: ["ignore", log, log] });
    child.unref();
    // A command that cannot be started has no pid; its absence is seen as a death.
    child.on("error", () => undefined);
    return child.pid ?? 0;
  } finally {
    closeSync(log);
  }
}

export function logFile(folder: string, name: string): string {
  return join(folder, "logs", `${name}.log`);
}

/** Is this pid alive, and is it the program we started? */
export function isOurs(pid: number, marker: string): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return `${commandLine(pid).trim()} `.includes(`${marker} `);
}

function commandLine(pid: number): string {
  if (process.platform === "linux") {
    const text = readTextIfExists(`/proc/${String(pid)}/cmdline`);
    return (text ?? "").replaceAll("\0", " ");
  }
  if (process.platform === "win32") {
    const query = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${String(pid)}').CommandLine`;
    return spawnSync("powershell", ["-NoProfile", "-Command", query], { encoding: "utf8" }).stdout;
  }
  return spawnSync("ps", ["-o", "command=", "-ww", "-p", String(pid)], { encoding: "utf8" }).stdout;
}

/** Asks a process to end, and ends it when it does not within the time (in ms). */
export async function stopProcess(
  pid: number,
  marker: string,
  patience: number,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  const step = 200;
  process.kill(pid, "SIGTERM");
  for (let waited = 0; waited < patience; waited += step) {
    if (!isOurs(pid, marker)) return;
    await wait(step);
  }
  if (isOurs(pid, marker)) process.kill(pid, "SIGKILL");
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function isPortTaken(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(true));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(false)));
  });
}

/** The end of a log, for an error message. */
export function logTail(folder: string, name: string, lines: number): string {
  try {
    return readFileSync(logFile(folder, name), "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}
