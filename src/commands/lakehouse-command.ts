import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { existsSync } from "node:fs";
import type { Invocation } from "../contracts/invocation.ts";
import { cacheFolder, install, type InstallOptions } from "../lakehouse/install.ts";
import { lakehouseDown, lakehouseStatus, lakehouseUp, type LakehouseStatus } from "../lakehouse/lakehouse.ts";
import { findSources } from "../lakehouse/sources.ts";
import { OK, type CommandResult } from "./result.ts";

export interface LakehouseFlags {
  readonly data: string | null;
  readonly java: string | null;
  readonly mavenUrl: string | null;
  readonly pypiUrl: string | null;
  readonly ports: { readonly trino: number; readonly catalog: number; readonly storage: number };
  readonly output: "text" | "json";
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** lakehouse up: a Trino, an Iceberg catalog and a storage of its own on this machine, for trying and testing. */
export async function lakehouseUpCommand(invocation: Invocation, flags: LakehouseFlags): Promise<CommandResult> {
  const { emit, env } = invocation;
  const say = (message: string): void => emit({ kind: "log", level: "info", message });
  const status = await lakehouseUp({
    data: dataFolder(flags, env),
    ports: flags.ports,
    catalogServer: catalogServerFolder(),
    say,
    wait,
    install: () =>
      install({
        cache: cacheFolder(env),
        sources: findSources({ maven: flags.mavenUrl, pypi: flags.pypiUrl, env, home: homedir() }),
        java: flags.java,
        env,
        home: homedir(),
        wait,
        onProgress: progress(invocation),
      }),
  });
  show(status, flags, emit);
  return OK;
}

/** lakehouse status: what runs, and how to connect. Exit code 1 when it is not up. */
export async function lakehouseStatusCommand(invocation: Invocation, flags: LakehouseFlags): Promise<CommandResult> {
  const status = await lakehouseStatus(dataFolder(flags, invocation.env));
  show(status, flags, invocation.emit);
  return { exitCode: status.state === "up" ? 0 : 1 };
}

/** lakehouse down: ends what `up` started; the data stays. */
export async function lakehouseDownCommand(invocation: Invocation, flags: LakehouseFlags): Promise<CommandResult> {
  const ran = await lakehouseDown(dataFolder(flags, invocation.env), wait);
  invocation.emit({
    kind: "log",
    level: "info",
    message: ran ? "The lakehouse is down; its data is kept." : "It did not run.",
  });
  return OK;
}

function show(status: LakehouseStatus, { output }: LakehouseFlags, emit: Invocation["emit"]): void {
  const text = output === "json" ? JSON.stringify(status) : statusText(status);
  emit({ kind: "print", text });
}

function statusText({ state, trino, catalog, storage, data }: LakehouseStatus): string {
  if (trino === null || catalog === null || storage === null) return `The lakehouse is ${state} (data: ${data}).`;
  const { hostname, port } = new URL(trino.url);
  return [
    `The lakehouse is ${state}.`,
    `  Trino     ${trino.url} (catalog ${trino.catalog}, any user, no password)`,
    `  Iceberg   ${catalog.url} (REST catalog, warehouse ${catalog.warehouse})`,
    `  Storage   ${storage.url} (S3: key ${storage.key}, secret ${storage.secret}, bucket ${storage.bucket})`,
    `  Data      ${data}`,
    "A target for profiles.yml:",
    `  { type: trino, method: none, host: ${hostname}, port: ${port}, user: me, catalog: ${trino.catalog}, schema: analytics, threads: 4 }`,
    "An entry of catalogs.yml, and the secret of a DuckDB target that uses it:",
    `  { name: ${catalog.name}, type: iceberg_rest, table_format: iceberg, config: { duckdb: { endpoint: "${catalog.url}", warehouse: ${storage.bucket}, authorization_type: none, access_delegation_mode: none } } }`,
    `  { type: s3, endpoint: "${new URL(storage.url).host}", key_id: ${storage.key}, secret: ${storage.secret}, url_style: path, use_ssl: false, region: us-east-1 }`,
  ].join("\n");
}

/** A line every ten per cent; terminals show each step. */
function progress({ emit }: Invocation): InstallOptions["onProgress"] {
  let shown = -1;
  let started = Date.now();
  return (done, total, what) => {
    // A file that had to be begun again counts twice.
    const percent = Math.min(100, Math.floor((done / total) * 100));
    const text = `Downloading ${megabytes(done)} of ${megabytes(total)} (${String(percent)} %): ${what}`;
    if (Date.now() - started > 200) {
      started = Date.now();
      emit({ kind: "progress", text });
    }
    const tenth = Math.floor(percent / 10);
    if (tenth === shown) return;
    shown = tenth;
    emit({ kind: "log", level: "info", message: what === "unpacking" ? "Unpacking" : text });
  };
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1e6))} MB`;
}

type Env = Invocation["env"];

function dataFolder({ data }: LakehouseFlags, env: Env): string {
  const base = env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share");
  return resolve(data ?? join(base, "duckhouse-dbt", "lakehouse"));
}

/** The compiled class of the catalog server: beside the bundle, or in the source tree. */
function catalogServerFolder(): string {
  const here = import.meta.dirname;
  const candidates = [join(here, "catalog-server"), join(here, "..", "lakehouse", "catalog-server")];
  const found = candidates.find((folder) => existsSync(join(folder, "CatalogServer.class")));
  if (found === undefined) throw new Error("bug: the catalog server is missing from the installation");
  return found;
}
