import type { ChildProcess } from "node:child_process";
import { start } from "./program.ts";

/** A server of the tests' own, on a free port. */
export async function serve(
  folder: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = start(["serve", "--port", "0", ...args], folder, env);
  const port = await new Promise<number>((done, failed) => {
    let out = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const found = /^listening grpc:\/\/127\.0\.0\.1:(\d+)\n$/.exec(out);
      if (found !== null) done(Number(found[1]));
    });
    child.stderr?.resume();
    child.on("close", (code) => failed(new Error(`ended with ${String(code)}: ${out}`)));
  });
  return { child, port };
}

/** Its exit code after a signal. */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => {
    child.on("close", done);
    child.kill("SIGTERM");
  });
}
