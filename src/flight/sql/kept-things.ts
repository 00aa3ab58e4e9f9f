import { randomBytes } from "node:crypto";
import { FlightError } from "../status.ts";

/** What nobody has asked for in this time is forgotten: its client is gone. */
const IDLE_MS = 3600 * 1000;

/** Things that a client names by a handle that nobody can guess. */
export class KeptThings<T> {
  private readonly things = new Map<string, { readonly thing: T; usedAt: number }>();
  private readonly limit: number;
  private readonly what: string;
  private readonly end: (thing: T) => void;
  private readonly now: () => number;

  constructor(limit: number, what: string, end: (thing: T) => void = () => undefined, now: () => number = Date.now) {
    this.limit = limit;
    this.what = what;
    this.end = end;
    this.now = now;
  }

  /** `handle`: where the client has one of its own already. */
  keep(thing: T, handle = randomBytes(16).toString("base64url")): string {
    for (const [handle, { usedAt }] of this.things) if (usedAt + IDLE_MS < this.now()) this.forget(handle);
    if (this.things.size >= this.limit) {
      this.end(thing);
      throw new FlightError("RESOURCE_EXHAUSTED", `There are ${String(this.limit)} open ${this.what}: close some`);
    }
    this.things.set(handle, { thing, usedAt: this.now() });
    return handle;
  }

  get(handle: string): T {
    const thing = this.find(handle);
    if (thing === null) throw new FlightError("NOT_FOUND", `There is no such handle among the ${this.what}`);
    return thing;
  }

  find(handle: string): T | null {
    const kept = this.things.get(handle);
    if (kept === undefined) return null;
    kept.usedAt = this.now();
    return kept.thing;
  }

  /** Whether it was there. */
  forget(handle: string, isEnded = true): boolean {
    const kept = this.things.get(handle);
    this.things.delete(handle);
    if (kept !== undefined && isEnded) this.end(kept.thing);
    return kept !== undefined;
  }

  takeAll(): T[] {
    const all = [...this.things.values()].map(({ thing }) => thing);
    this.things.clear();
    return all;
  }
}
