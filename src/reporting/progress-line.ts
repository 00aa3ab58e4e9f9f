import type { RunEvent } from "../contracts/events.ts";
import { clock } from "./format-line.ts";

interface Terminal {
  write(text: string): unknown;
  readonly columns?: number;
}

/** The last line of a terminal: what runs now, how far the run is, how long it takes. Only for a person. */
export class ProgressLine {
  private readonly terminal: Terminal;
  private readonly startedAt = Date.now();
  private readonly running = new Map<string, string>();
  private done = 0;
  private total = 0;
  private shown = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  update(event: RunEvent): void {
    if (event.kind === "progress") {
      this.put(event.text);
    } else if (event.kind === "node-start") {
      this.running.set(event.nodeId, event.description.replace(/^START /, ""));
      this.total = event.total;
      this.timer ??= setInterval(() => this.draw(), 200).unref();
    } else if (event.kind === "node-finish") {
      this.running.delete(event.nodeId);
      this.done++;
      this.total = event.total;
      if (this.done >= this.total) this.stop();
    }
  }

  /** Takes the line away before other text is written. */
  clear(): void {
    if (!this.shown) return;
    this.terminal.write("\r\u001b[2K");
    this.shown = false;
  }

  draw(): void {
    if (this.timer === null) return;
    const elapsed = clock(new Date(Date.now() - this.startedAt));
    const text = `${elapsed} ${String(this.done)}/${String(this.total)} done, running: ${[...this.running.values()].join(", ")}`;
    this.put(text);
  }

  private put(text: string): void {
    this.terminal.write(`\r\u001b[2K${text.slice(0, (this.terminal.columns || 80) - 1)}`);
    this.shown = true;
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.clear();
  }
}
