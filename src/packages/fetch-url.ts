import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import axios from "axios";

const ATTEMPTS = 4;
const TIMEOUT_MS = 30_000;
/** An archive as it is sent; unpacked it has a limit of its own. */
const LARGEST = 512 * 1024 * 1024;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Tries again what may pass: broken connections and servers that are busy. */
async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const status = statusOf(error);
      const isPassing = status === null || status === 429 || status >= 500;
      if (tries === ATTEMPTS || !isPassing) throw error;
      await pause(100 * 4 ** tries);
    }
  }
}

export function statusOf(error: unknown): number | null {
  return (error as { response?: { status?: number } }).response?.status ?? null;
}

export function fetchJson(url: string): Promise<unknown> {
  return persistently(async () => {
    const { data } = await axios.get<string>(url, {
      timeout: TIMEOUT_MS,
      maxContentLength: LARGEST,
      responseType: "text",
      transformResponse: (text: string) => text,
    });
    return JSON.parse(data) as unknown;
  });
}

export function fetchFile(url: string, file: string): Promise<void> {
  return persistently(async () => {
    const { data } = await axios.get<Readable>(url, { timeout: TIMEOUT_MS, responseType: "stream" });
    let bytes = 0;
    data.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > LARGEST) data.destroy(new Error(`it is larger than ${String(LARGEST)} bytes`));
    });
    await pipeline(data, createWriteStream(file));
  });
}
