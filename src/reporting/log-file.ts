import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

const MAX_BYTES = 10 * 1024 * 1024;
const LATEST_MS = 1_000;

/** logs/dbt.log, written in batches and rotated at 10 MB. Failing to write it never fails the command. */
export class LogFile {
  private readonly path: string;
  private pending: string[] = [];
  private broken = false;
  private later: NodeJS.Timeout | undefined;

  constructor(folder: string) {
    this.path = join(folder, "dbt.log");
  }

  write(text: string): void {
    this.pending.push(text);
    if (this.pending.length >= 500) this.flush();
    // A server ends late: what it did is to be read while it runs.
    else this.later ??= setTimeout(() => this.flush(), LATEST_MS).unref();
  }

  flush(): void {
    clearTimeout(this.later);
    this.later = undefined;
    if (this.broken || this.pending.length === 0) return;
    const text = this.pending.join("");
    this.pending = [];
    try {
      mkdirSync(join(this.path, ".."), { recursive: true });
      if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES)
        renameSync(this.path, `${this.path}.1`);
      appendFileSync(this.path, text);
    } catch {
      // A read-only folder or a full disk: the run matters more than its log.
      this.broken = true;
    }
  }
}
