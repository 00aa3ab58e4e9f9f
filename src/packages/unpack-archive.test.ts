import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { create, Header } from "tar";
import { unpackArchive } from "./unpack-archive.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "unpack-"))));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const source = { url: "http://x/y.tar.gz", place: { file: "packages.yml" } };

/** An archive with one entry, as no packer would write it. */
function crafted(fields: ConstructorParameters<typeof Header>[0], text = ""): string {
  const header = new Header({ mode: 0o644, size: text.length, mtime: new Date(0), ...(fields as object) });
  header.encode();
  const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  body.write(text);
  const file = join(folder, "crafted.tar.gz");
  writeFileSync(file, Buffer.concat([header.block ?? Buffer.alloc(0), body, Buffer.alloc(1024)]));
  return file;
}

test.each([
  ["a name with ..", { path: "x/../../evil", type: "File" }, "evil"],
  ["an absolute name", { path: "/tmp/evil", type: "File" }, "evil"],
  ["a link out", { path: "x/a", type: "SymbolicLink", linkpath: "../../etc" }, ""],
  ["an absolute link", { path: "x/a", type: "SymbolicLink", linkpath: "/etc/passwd" }, ""],
  ["a hard link out", { path: "x/a", type: "Link", linkpath: "../evil" }, ""],
  ["a device", { path: "x/a", type: "CharacterDevice" }, ""],
] as const)("%s is refused before anything is written", async (_what, fields, text) => {
  const target = join(folder, "out");
  const file = crafted(fields, text);
  await expect(unpackArchive(file, target, source)).rejects.toMatchObject({ diagnostics: [{ code: "DH1075" }] });
  expect([existsSync(target), existsSync(join(folder, "evil"))]).toEqual([false, false]);
});

test("what unpacks to too much is refused early", async () => {
  const names = ["a", "b", "c"];
  for (const name of names) writeFileSync(join(folder, name), "0".repeat(10_000));
  const file = join(folder, "bomb.tar.gz");
  create({ gzip: true, sync: true, file, cwd: folder }, names);
  const target = join(folder, "out");
  for (const limits of [
    { bytes: 25_000, files: 10 },
    { bytes: 1e6, files: 2 },
  ])
    await expect(unpackArchive(file, target, source, limits)).rejects.toMatchObject({
      diagnostics: [{ code: "DH1075" }],
    });
  expect(existsSync(target)).toBe(false);
});

test("links inside are kept", async () => {
  writeFileSync(join(folder, "a"), "text");
  symlinkSync("a", join(folder, "b"));
  const file = join(folder, "fine.tar.gz");
  create({ gzip: true, sync: true, file, cwd: folder }, ["a", "b"]);
  await unpackArchive(file, join(folder, "out"), source);
  expect(readdirSync(join(folder, "out")).sort()).toEqual(["a", "b"]);
});
