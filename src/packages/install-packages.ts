import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../shared/is-alive.ts";

const ROOM = ".installing-";

/** The packages folder while it is changed: packages are made ready beside the old ones, and put in place by renaming. */
export class PackagesFolder {
  private readonly room: string;
  private readonly ready = new Set<string>();
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder))
      if (isLeft(name)) rmSync(join(folder, name), { recursive: true, force: true });
    // One level deeper than packages are looked for, so that nobody reads half of one.
    this.room = join(folder, `${ROOM}${String(process.pid)}`);
    mkdirSync(join(this.room, "new"), { recursive: true });
    mkdirSync(join(this.room, "old"));
  }

  copy(source: string, name: string): void {
    cpSync(source, join(this.room, "new", name), { recursive: true, verbatimSymlinks: true });
    this.ready.add(name);
  }

  /** A link, as dbt makes it, so that changes in the package are seen at once. */
  link(source: string, name: string): void {
    try {
      symlinkSync(source, join(this.room, "new", name), "dir");
      this.ready.add(name);
    } catch {
      // Windows allows links to administrators only.
      this.copy(source, name);
    }
  }

  /** Puts what is ready in place, and takes away packages that are no longer asked for. */
  finish(): void {
    for (const name of this.ready) {
      this.retire(name);
      renameSync(join(this.room, "new", name), join(this.folder, name));
    }
    for (const name of readdirSync(this.folder))
      if (!this.ready.has(name) && existsSync(join(this.folder, name, "dbt_project.yml"))) this.retire(name);
  }

  close(): void {
    rmSync(this.room, { recursive: true, force: true });
  }

  private retire(name: string): void {
    const path = join(this.folder, name);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) renameSync(path, join(this.room, "old", name));
  }
}

/** What a killed command left, unless that command still runs. */
function isLeft(name: string): boolean {
  return name.startsWith(ROOM) && !isAlive(Number(name.slice(ROOM.length)));
}
