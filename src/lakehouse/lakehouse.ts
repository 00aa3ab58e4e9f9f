import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axios from "axios";
import { fail } from "../contracts/diagnostic.ts";
import { readTextIfExists, writeFileAtomic } from "../shared/files.ts";
import type { Installation } from "./install.ts";
import { freePort, isOurs, isPortTaken, logFile, logTail, startDetached, stopProcess } from "./processes.ts";
import {
  CATALOG,
  marker,
  probeOf,
  SERVICE_NAMES,
  services,
  STORAGE,
  urlOf,
  WAREHOUSE,
  type Ports,
  type Probe,
  type ServiceName,
} from "./services.ts";

/** What runs; kept in a file beside the data, so that another command can stop it. */
interface State {
  readonly schema_version: 1;
  readonly java: string;
  readonly ports: Ports;
  readonly pids: Readonly<Record<ServiceName, number>>;
}

export interface LakehouseStatus {
  readonly schema_version: 1;
  readonly state: "up" | "down" | "starting";
  readonly trino: { readonly url: string; readonly pid: number; readonly catalog: string } | null;
  readonly catalog: {
    readonly name: string;
    readonly url: string;
    readonly pid: number;
    readonly warehouse: string;
  } | null;
  readonly storage: {
    readonly url: string;
    readonly key: string;
    readonly secret: string;
    readonly bucket: string;
    readonly pid: number;
  } | null;
  readonly java: string | null;
  readonly data: string;
}

export interface UpOptions {
  readonly data: string;
  /** 0 = any free one. */
  readonly ports: Ports;
  /** The folder of the catalog server's class. */
  readonly catalogServer: string;
  readonly install: () => Promise<Installation>;
  readonly wait: (ms: number) => Promise<void>;
  readonly say: (message: string) => void;
}

const STATE_FILE = "lakehouse.json";
const START_SECONDS = 240;
/** Trino writes its class archive when it is stopped for the first time. */
const STOP_MS = 90_000;

function readState(data: string): State | null {
  const text = readTextIfExists(join(data, STATE_FILE));
  return text === null ? null : (JSON.parse(text) as State);
}

function alive({ pids }: State, data: string): ServiceName[] {
  return SERVICE_NAMES.filter((name) => isOurs(pids[name], marker(data)));
}

/** What is known without changing anything. */
export async function lakehouseStatus(data: string): Promise<LakehouseStatus> {
  const state = readState(data);
  const running = state === null ? [] : alive(state, data);
  if (state === null || running.length < SERVICE_NAMES.length)
    return { schema_version: 1, state: "down", trino: null, catalog: null, storage: null, java: null, data };
  const url = (name: ServiceName): string => urlOf(name, state.ports);
  const ready = await Promise.all(SERVICE_NAMES.map((name) => answers(probeOf(name, state.ports))));
  return {
    schema_version: 1,
    state: ready.every(Boolean) ? "up" : "starting",
    trino: { url: url("trino"), pid: state.pids.trino, catalog: CATALOG },
    catalog: { name: CATALOG, url: url("catalog"), pid: state.pids.catalog, warehouse: WAREHOUSE },
    storage: {
      url: url("storage"),
      key: STORAGE.key,
      secret: STORAGE.secret,
      bucket: STORAGE.bucket,
      pid: state.pids.storage,
    },
    java: state.java,
    data,
  };
}

/** Starts what does not run yet and waits until all of it answers. Throws DiagnosticError: a port is taken, a server died or is too slow. */
export async function lakehouseUp(options: UpOptions): Promise<LakehouseStatus> {
  const { data, say } = options;
  const before = await lakehouseStatus(data);
  if (before.state === "up") return before;
  if (before.state === "down") await start(options);
  else say("It is starting already.");
  await waitUntilReady(options);
  return lakehouseStatus(data);
}

async function start(options: UpOptions): Promise<void> {
  const { data, say, catalogServer } = options;
  // One that died leaves the others behind.
  await lakehouseDown(data, options.wait);
  const ports = await choosePorts(options.ports);
  const installed = await options.install();
  mkdirSync(data, { recursive: true });
  const pids = { storage: 0, catalog: 0, trino: 0 };
  say(`Starting the lakehouse with ${installed.java}`);
  for (const { name, args } of services(installed, data, ports, catalogServer)) {
    pids[name] = startDetached(installed.java, args, data, name);
    const state: State = { schema_version: 1, java: installed.java, ports, pids };
    writeFileAtomic(join(data, STATE_FILE), [JSON.stringify(state, null, 2)]);
  }
}

async function choosePorts(wanted: Ports): Promise<Ports> {
  const chosen = { ...wanted };
  for (const name of SERVICE_NAMES) {
    if (wanted[name] === 0) chosen[name] = await freePort();
    else if (await isPortTaken(wanted[name]))
      fail(
        "DH5004",
        `Port ${String(wanted[name])}, meant for the ${name}, is in use`,
        null,
        `Choose another with --port-${name} (0 = any free one), or stop what listens there.`,
      );
  }
  return chosen;
}

async function waitUntilReady({ data, wait, say }: UpOptions): Promise<void> {
  const state = readState(data);
  if (state === null) return;
  const missing = new Set<ServiceName>(SERVICE_NAMES);
  const deadline = Date.now() + START_SECONDS * 1000;
  for (;;) {
    const running = alive(state, data);
    for (const name of [...missing]) {
      if (!running.includes(name)) await died(name, data, wait);
      if (await answers(probeOf(name, state.ports))) {
        missing.delete(name);
        say(`  ${name} is ready`);
      }
    }
    if (missing.size === 0) return;
    if (Date.now() > deadline) {
      await lakehouseDown(data, wait);
      fail(
        "DH5005",
        `After ${String(START_SECONDS)} seconds the ${[...missing].join(" and the ")} did not answer`,
        { file: logFile(data, [...missing][0] ?? "trino") },
        "The logs say why; a machine needs some 3 GB of free memory.",
      );
    }
    await wait(250);
  }
}

async function died(name: ServiceName, data: string, wait: UpOptions["wait"]): Promise<never> {
  const tail = logTail(data, name, 15);
  await lakehouseDown(data, wait);
  fail("DH5006", `The ${name} ended while it was starting:\n${tail}`, { file: logFile(data, name) });
}

/** Stops what we started, by pid; true if anything ran. The data stays. */
export async function lakehouseDown(data: string, wait: UpOptions["wait"]): Promise<boolean> {
  const state = readState(data);
  if (state === null) return false;
  const running = alive(state, data);
  // Trino first: it still talks to the others while it ends.
  for (const name of running.toReversed()) await stopProcess(state.pids[name], marker(data), STOP_MS, wait);
  return running.length > 0;
}

async function answers({ url, isReady }: Probe): Promise<boolean> {
  try {
    const { status, data } = await axios.get<string>(url, {
      timeout: 3000,
      responseType: "text",
      validateStatus: () => true,
      // Never through a proxy: it is this machine.
      proxy: false,
    });
    return isReady(status, data);
  } catch {
    return false;
  }
}
