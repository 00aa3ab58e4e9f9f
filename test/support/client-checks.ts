import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "vitest";
import { ended, serve } from "./flight-server.ts";

/** A line that a client of test/clients prints. */
interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly seen: string | null;
}

/**
 * Serves a project and runs a client against it, with what `extra` makes of the server's port and process behind its
 * arguments. All its checks have to hold, and there have to be so many at least.
 */
export async function clientHolds(
  folder: string,
  [command = "", ...args]: readonly string[],
  atLeast: number,
  extra: (port: number, pid: number) => readonly (string | number)[] = (port) => [port],
): Promise<void> {
  const { child, port } = await serve(folder);
  const { stdout } = await promisify(execFile)(command, [...args, ...extra(port, child.pid ?? 0).map(String)]);
  expect(await ended(child)).toBe(0);
  const checks = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Check);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.length).toBeGreaterThanOrEqual(atLeast);
}
