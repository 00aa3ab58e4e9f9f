import { parentPort, workerData } from "node:worker_threads";
import { serveJobs } from "../6-execution/worker-thread.ts";
import type { WorkerSetup } from "../contracts/bridge.ts";
import { ENGINES } from "../engines/registry.ts";

/** The entry of a render worker thread. */
const { setup, flags } = workerData as { setup: WorkerSetup; flags: Int32Array };
if (parentPort !== null) serveJobs(parentPort, flags, setup, (engine) => ENGINES[engine]?.methods ?? {});
