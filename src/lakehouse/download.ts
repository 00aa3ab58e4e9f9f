import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import axios from "axios";
import { fail } from "../contracts/diagnostic.ts";
import { errorCode, readTextIfExists } from "../shared/files.ts";
import { isAlive } from "../shared/is-alive.ts";
import { errorMessage } from "../shared/objects.ts";

export interface Download {
  readonly url: string;
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}

const ATTEMPTS = 4;
/** How often to look whether another process has the file by now. */
const WATCH_MS = 500;

/**
 * Fetches a file unless it is there. A part that an earlier try left is gone on from; the file takes its name only when
 * its checksum fits. Proxies of the environment are used. Throws DiagnosticError DH5001 (not to be had), DH5002 (not what it should be).
 */
export async function download(
  { url, file, size, sha256 }: Download,
  onBytes: (count: number) => void,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const lock = `${file}.lock`;
  while (!existsSync(file)) {
    if (take(lock)) {
      try {
        await downloadAlone({ url, file, size, sha256 }, onBytes, wait);
        return;
      } finally {
        rmSync(lock, { force: true });
      }
    }
    await wait(WATCH_MS);
  }
  onBytes(size);
}

/** Two that write to one part would spoil it: who comes second waits for the first. False: somebody who lives has it. */
function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
  if (!isAlive(Number(readTextIfExists(lock)))) rmSync(lock, { force: true });
  return false;
}

async function downloadAlone(
  { url, file, size, sha256 }: Download,
  onBytes: (count: number) => void,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  const part = `${file}.part`;
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(url, part, size, onBytes);
      break;
    } catch (error) {
      if (attempt < ATTEMPTS && isPassing(error)) {
        await wait(500 * 2 ** attempt);
        continue;
      }
      fail(
        "DH5001",
        `Could not download ${url}: ${errorMessage(error)}`,
        null,
        "Is the machine online? Mirrors: --maven-url and --pypi-url, DUCKHOUSE_MAVEN_URL and DUCKHOUSE_PYPI_URL, or those of Maven and pip.",
      );
    }
  }
  const found = await checksum(part);
  if (found !== sha256) {
    rmSync(part);
    fail(
      "DH5002",
      `${url} is not the file it should be: its SHA-256 is ${found}, not ${sha256}`,
      null,
      "It was deleted. Try another mirror.",
    );
  }
  renameSync(part, file);
}

async function fetchRest(url: string, part: string, size: number, onBytes: (count: number) => void): Promise<void> {
  const start = existsSync(part) ? statSync(part).size : 0;
  if (start === size) {
    onBytes(size);
    return;
  }
  const response = await axios.get<Readable>(url, {
    responseType: "stream",
    headers: start > 0 && start < size ? { range: `bytes=${String(start)}-` } : {},
  });
  const resumed = response.status === 206;
  if (resumed) onBytes(start);
  response.data.on("data", (chunk: Buffer) => onBytes(chunk.length));
  await pipeline(response.data, createWriteStream(part, { flags: resumed ? "a" : "w" }));
}

/** Worth another try: broken connections and servers that are busy; not what is missing or forbidden. */
function isPassing(error: unknown): boolean {
  const status = (error as { response?: { status?: number } }).response?.status;
  return status === undefined || status === 429 || status >= 500;
}

async function checksum(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
