import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../../shared/objects.ts";

/** What the process says; one JSON object a line. */
export type FromPython =
  | { readonly relation: string; readonly optional: boolean }
  | { readonly done: readonly MadeTable[] }
  | { readonly failed: Failed };

/** A table that the model's code made; `place`: schema and name in the output file. */
export interface MadeTable {
  readonly name: readonly [string, string, string];
  readonly temporary: boolean;
  readonly place: readonly [string, string];
}

export interface Failed {
  readonly kind: "no-duckdb" | "unusable" | "raised" | "not-started" | "ended";
  readonly message: string;
  readonly line?: number | null;
}

export interface PythonProcessOptions {
  readonly command: string;
  readonly cwd: string;
  readonly job: object;
  /** A line that the model printed. */
  readonly say: (line: string) => void;
  readonly answer: (relation: string, optional: boolean) => Promise<object>;
}

const running = new Set<PythonProcess>();
let isWatched = false;

/** A Python that runs one model. It has no arguments but its script: whatever is secret goes through its stdin. */
export class PythonProcess {
  private readonly child: ChildProcess;
  private readonly options: PythonProcessOptions;

  constructor(options: PythonProcessOptions) {
    this.options = options;
    this.child = spawn(options.command, [driverPath()], {
      cwd: options.cwd,
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own: processes that a model starts end with it.
      detached: process.platform !== "win32",
    });
    running.add(this);
    if (!isWatched) process.on("exit", killAll);
    isWatched = true;
  }

  /** Rejects never: whatever went wrong is told. */
  async run(): Promise<{ readonly done: readonly MadeTable[] } | { readonly failed: Failed }> {
    const { child } = this;
    const ended = new Promise<Failed>((resolve) => {
      child.on("error", (error) => resolve({ kind: "not-started", message: error.message }));
      child.on("close", (code, signal) =>
        resolve({ kind: "ended", message: signal === null ? `exit code ${String(code)}` : `signal ${signal}` }),
      );
    });
    child.stdin?.on("error", () => undefined);
    if (child.stderr !== null) createInterface({ input: child.stderr }).on("line", this.options.say);
    this.send(this.options.job);
    const said = new Promise<{ done: readonly MadeTable[] } | { failed: Failed }>((resolve) => {
      if (child.stdout !== null)
        createInterface({ input: child.stdout }).on("line", (line) => void this.receive(line, resolve));
    });
    const first = await Promise.race([said, ended.then((failed) => ({ failed }))]);
    // Its last lines are in the log before the model's end is.
    if ("done" in first || first.failed.kind !== "not-started") await ended;
    running.delete(this);
    return first;
  }

  private async receive(
    line: string,
    resolve: (value: { done: readonly MadeTable[] } | { failed: Failed }) => void,
  ): Promise<void> {
    const message = messageIn(line);
    // A process that the model has forked may print where this one speaks.
    if (message === null) this.options.say(line);
    else if ("relation" in message) this.send(await this.options.answer(message.relation, message.optional));
    else resolve(message);
  }

  private send(message: object): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  kill(): void {
    const { pid } = this.child;
    if (pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    try {
      if (process.platform === "win32") this.child.kill("SIGKILL");
      else process.kill(-pid, "SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  }
}

function messageIn(line: string): FromPython | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? (value as FromPython) : null;
  } catch {
    return null;
  }
}

function killAll(): void {
  for (const each of running) each.kill();
}

/** Beside this file, or where the build puts it. */
function driverPath(): string {
  const built = join(import.meta.dirname, "python", "driver.py");
  return existsSync(built) ? built : join(import.meta.dirname, "driver.py");
}
