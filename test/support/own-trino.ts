import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, install, type Installation } from "../../src/lakehouse/install.ts";
import { freePort, isOurs, logTail, startDetached } from "../../src/lakehouse/processes.ts";
import { marker, probeOf, singleNode, trinoArgs, writeSettings } from "../../src/lakehouse/services.ts";
import { findSources } from "../../src/lakehouse/sources.ts";

type Settings = Readonly<Record<string, string>>;

/** A Trino that a test may kill, break or dress as it likes: the shared one stays as it is for the other tests. */
export class OwnTrino {
  // Below the folder of the test run, if there is one: a run that is stopped ends what it finds there.
  readonly data = mkdtempSync(join(process.env["DUCKHOUSE_TEST_FOLDER"] ?? tmpdir(), "trino-"));
  port = 0;
  private readonly plugins = join(this.data, "plugin");
  private pid = 0;
  private installed: Installation | null = null;

  /** `settings` go into config.properties. The port is free, and stays the same. */
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
    // Only what is used: each plugin costs start time and memory.
    const connectors = Object.values(catalogs).map((catalog) => catalog["connector.name"] ?? "");
    const all = join(this.installed.trino, "plugin");
    mkdirSync(this.plugins);
    for (const name of readdirSync(all))
      if (["password-authenticators", ...connectors].some((used) => name.includes(used)))
        symlinkSync(join(all, name), join(this.plugins, name));
  }

  async start(): Promise<void> {
    if (this.installed === null) throw new Error("prepare() comes first");
    // It lives for a minute: code that is compiled quickly is worth more than code that runs quickly.
    const args = [
      "-XX:TieredStopAtLevel=1",
      ...trinoArgs(this.installed, this.data, { heap: "600M", plugins: this.plugins }),
    ];
    this.pid = startDetached(this.installed.java, args, this.data, "trino");
    writeFileSync(join(this.data, "server.pid"), String(this.pid));
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
    home: homedir(),
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
