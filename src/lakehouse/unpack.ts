import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar";
import { openPromise } from "yauzl";

/** Unpacks a .tar.gz without its topmost folder. `keep` sees paths below that folder. */
export async function unpackTar(file: string, folder: string, keep: (path: string) => boolean): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await extract({ file, cwd: folder, strip: 1, filter: (path) => keep(path.split("/").slice(1).join("/")) });
}

/** Unpacks a zip file (a plugin, a wheel) below a folder; `place` gives an entry's path there, or null to leave it out. */
export async function unpackZip(file: string, folder: string, place: (path: string) => string | null): Promise<void> {
  const zip = await openPromise(file, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    const path = place(entry.fileName);
    if (path === null || entry.fileName.endsWith("/")) continue;
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
  }
}
