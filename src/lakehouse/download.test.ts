import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { fakeServer, type Answer, type FakeServer } from "../../test/support/fake-server.ts";
import { download, type Download } from "./download.ts";

const TEXT = "0123456789".repeat(100);
let server: FakeServer | null = null;
afterEach(() => server?.close());

async function wanted(answer: Answer): Promise<Download> {
  server = await fakeServer(answer);
  const file = join(mkdtempSync(join(tmpdir(), "download-")), "a.jar");
  const sha256 = createHash("sha256").update(TEXT).digest("hex");
  return { url: `${server.url}/a.jar`, file, size: TEXT.length, sha256 };
}

const noWait = (): Promise<void> => Promise.resolve();

test("a file that is there is not fetched; one that is not appears whole", async () => {
  const want = await wanted((_request, response) => response.end(TEXT));
  let bytes = 0;
  await download(want, (count) => (bytes += count), noWait);
  await download(want, (count) => (bytes += count), noWait);
  expect(readFileSync(want.file, "utf8")).toBe(TEXT);
  expect([bytes, server?.seen.length, existsSync(`${want.file}.part`)]).toEqual([2 * TEXT.length, 1, false]);
});

test("what a broken connection left is gone on from", async () => {
  let tries = 0;
  const want = await wanted(({ headers }, response) => {
    if (++tries === 1) {
      response.writeHead(200, { "content-length": String(TEXT.length) });
      response.write(TEXT.slice(0, 300), () => response.socket?.destroy());
    } else {
      const from = Number(/bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? "0");
      response.writeHead(from > 0 ? 206 : 200).end(TEXT.slice(from));
    }
  });
  await download(want, () => undefined, noWait);
  expect(readFileSync(want.file, "utf8")).toBe(TEXT);
});

test("a server that does not know ranges sends all of it again", async () => {
  const want = await wanted((_request, response) => response.end(TEXT));
  writeFileSync(`${want.file}.part`, "something else");
  await download(want, () => undefined, noWait);
  expect(readFileSync(want.file, "utf8")).toBe(TEXT);
});

test("two that want one file at once get it once; what a killed one left is no hindrance", async () => {
  const want = await wanted((_request, response) => response.end(TEXT));
  // No process has this number: Linux counts to 4 million at most.
  writeFileSync(`${want.file}.lock`, "999999999");
  const soon = (): Promise<void> => new Promise((done) => setImmediate(done));
  await Promise.all([1, 2, 3].map(() => download(want, () => undefined, soon)));
  expect(readFileSync(want.file, "utf8")).toBe(TEXT);
  expect([server?.seen.length, existsSync(`${want.file}.lock`)]).toEqual([1, false]);
});

test("another file than the one of the lock is refused and deleted", async () => {
  const want = await wanted((_request, response) => response.end("evil"));
  await expect(download(want, () => undefined, noWait)).rejects.toMatchObject({ diagnostics: [{ code: "DH5002" }] });
  expect([existsSync(want.file), existsSync(`${want.file}.part`)]).toEqual([false, false]);
});

test("what is missing is not asked for again, what is busy is", async () => {
  let status = 404;
  const want = await wanted((_request, response) => response.writeHead(status).end());
  await expect(download(want, () => undefined, noWait)).rejects.toMatchObject({ diagnostics: [{ code: "DH5001" }] });
  expect(server?.seen.length).toBe(1);
  status = 503;
  await expect(download(want, () => undefined, noWait)).rejects.toMatchObject({ diagnostics: [{ code: "DH5001" }] });
  expect(server?.seen.length).toBe(5);
});
