import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LOCK, type ExtensionWheel } from "./lock.ts";
import { unpackZip } from "./unpack.ts";

const PLATFORMS: Readonly<Record<string, string>> = {
  "linux-x64": "linux_amd64",
  "linux-arm64": "linux_arm64",
  "darwin-x64": "osx_amd64",
  "darwin-arm64": "osx_arm64",
  "win32-x64": "windows_amd64",
};

/**
 * Where DuckDB itself installs its extensions, and looks for them. With those of Iceberg in place, a project reads and
 * writes the lakehouse also on a machine that cannot reach DuckDB's own server.
 * Source: https://duckdb.org/docs/stable/extensions/installing_extensions
 */
function extensionFile(home: string, name: string): string | null {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (platform === undefined) return null;
  return join(home, ".duckdb", "extensions", `v${LOCK.duckdb}`, platform, `${name}.duckdb_extension`);
}

/** The wheels of extensions that are not installed; none where there are none for this machine: DuckDB then asks its server. */
export function missingExtensions(home: string): readonly ExtensionWheel[] {
  const wheels = LOCK.extensions[`${process.platform}-${process.arch}`] ?? [];
  return wheels.filter(({ name }) => {
    const file = extensionFile(home, name);
    return file !== null && !existsSync(file);
  });
}

/** Takes the extension out of its wheel; a file appears whole or not at all. */
export async function installExtension(wheel: string, name: string, home: string): Promise<void> {
  const file = extensionFile(home, name);
  if (file === null) return;
  const folder = `${file}.${String(process.pid)}.tmp`;
  mkdirSync(folder, { recursive: true });
  await unpackZip(wheel, folder, (entry) => (entry.endsWith(`/${name}.duckdb_extension`) ? "extension" : null));
  renameSync(join(folder, "extension"), file);
  rmSync(folder, { recursive: true });
}
