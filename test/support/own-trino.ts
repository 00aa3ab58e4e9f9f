import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, install, type Installation } from "../../src/lakehouse/install.ts";
import { freePort, isOurs, logTail, startDetached } from "../../src/lakehouse/processes.ts";
import { marker, probeOf, singleNode, trinoArgs, writeSettings } from "../../src/lakehouse/services.ts";
import { findSources } from "../../src/lakehouse/sources.ts";

type Settings = Readonly<Record<string, string>>;

/** A Trino that a test may kill, break or dress as it likes: the shared one stays as it is for the other tests. */
export class OwnTrino {
  readonly data = mkdtempSync(join(tmpdir(), "trino-"));
  port = 0;
  private pid = 0;
  private installed: Installation | null = null;

  /** `settings` go into config.properties; files name what stands in them. The port is free, and stays the same. */
  async prepare(catalogs: Readonly<Record<string, Settings>>, settings: Settings = {}): Promise<void> {
    this.installed = await installed();
    this.port = await freePort();
    const etc = join(this.data, "etc");
    const url = `http://127.0.0.1:${String(this.port)}`;
    writeSettings(join(etc, "config.properties"), {
      ...singleNode(url),
      "http-server.http.port": String(this.port),
      "query.max-memory-per-node": "150MB",
      "memory.heap-headroom-per-node": "150MB",
      ...settings,
    });
    writeSettings(join(etc, "log.properties"), { "io.trino": "INFO" });
    for (const [name, catalog] of Object.entries(catalogs))
      writeSettings(join(etc, "catalog", `${name}.properties`), catalog);
  }

  async start(): Promise<void> {
    if (this.installed === null) throw new Error("prepare() comes first");
    this.pid = startDetached(this.installed.java, trinoArgs(this.installed, this.data, "600M"), this.data, "trino");
    const { url, isReady } = probeOf("trino", { trino: this.port, catalog: 0, storage: 0 });
    await until("Trino answers", 120_000, async () => {
      if (!this.isAlive()) throw new Error(`Trino ended:\n${logTail(this.data, "trino", 30)}`);
      const answer = await fetch(url).catch(() => null);
      return answer !== null && isReady(answer.status, await answer.text());
    });
  }

  private isAlive(): boolean {
    return isOurs(this.pid, marker(this.data));
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    if (this.isAlive()) process.kill(this.pid, "SIGKILL");
    await until("Trino is gone", 30_000, () => !this.isAlive());
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** The programs that the shared lakehouse runs on: they are there, so nothing is downloaded. */
function installed(): Promise<Installation> {
  const { env } = process;
  return install({
    cache: cacheFolder(env),
    sources: findSources({ maven: null, pypi: null, env, home: homedir() }),
    java: null,
    env,
    onProgress: () => undefined,
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  });
}

/** Asks until it is so; throws when the time is over. */
export async function until(what: string, ms: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited ${String(ms)} ms, but not: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
