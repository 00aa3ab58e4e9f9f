import { join } from "node:path";
import { stringify } from "yaml";
import { DiagnosticError, diagnostic, fail, type Place } from "../contracts/diagnostic.ts";
import type { PackageSpec, PinnedPackage } from "../contracts/packages.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import { yamlRenderer } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { readTextIfExists, writeFileAtomic } from "../shared/files.ts";
import { asText, isRecord } from "../shared/objects.ts";
import { parseYaml } from "../shared/yaml-file.ts";
import { readEntries } from "./packages.ts";

export const LOCK_FILE = "package-lock.yml";
const HINT = "Run `duckhouse-dbt deps --upgrade`, which writes it anew.";

export interface PackageLock {
  readonly hash: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly placeOf: (path: readonly (string | number)[]) => Place;
}

/** package-lock.yml, not yet rendered: one of an older list is not held to anything. */
export function readLock(root: string): PackageLock | null {
  const file = join(root, LOCK_FILE);
  const text = readTextIfExists(file);
  if (text === null) return null;
  const yaml = parseYaml(text);
  const placeOf = (path: readonly (string | number)[]): Place => {
    const place = yaml.placeOf(path);
    return { file, line: place?.line ?? null, column: place?.column ?? null };
  };
  if (yaml.problems.length > 0)
    throw new DiagnosticError(
      yaml.problems.map(({ message, line, column }) =>
        diagnostic("DH1002", `YAML: ${message}`, { file, line, column }, HINT),
      ),
    );
  const data = isRecord(yaml.data) ? yaml.data : {};
  const hash = data["sha1_hash"];
  return { hash: typeof hash === "string" ? hash : null, data, placeOf };
}

/** What the lock file pins. */
export function lockedPackages({ data, placeOf }: PackageLock, context: RenderContext): PinnedPackage[] {
  const file = placeOf([]).file ?? LOCK_FILE;
  const raw = data["packages"] ?? [];
  if (!Array.isArray(raw)) fail("DH1081", `${LOCK_FILE} needs a list under 'packages'`, { file }, HINT);
  const list = yamlRenderer(file, (path) => placeNumbers(placeOf(path)), context).render(raw, {
    at: ["packages"],
  }) as Json[];
  const entries = readEntries(list, raw as unknown[], (path) => placeOf(["packages", ...path]));
  return entries.map((spec, index) => pin(spec, list[index] as JsonObject));
}

function placeNumbers({ line, column }: Place): { line: number; column: number } | null {
  return line === null || line === undefined || column === null || column === undefined ? null : { line, column };
}

function pin(spec: PackageSpec, entry: JsonObject): PinnedPackage {
  const name = entry["name"] ?? null;
  if (name !== null && (typeof name !== "string" || !/^[^\d\W]\w*$/.test(name)))
    fail("DH1081", `${JSON.stringify(name)} is not a valid project name`, spec.place, HINT);
  switch (spec.kind) {
    case "local":
      return { kind: "local", local: spec.local, name };
    case "tarball":
      return spec;
    case "git":
      return { ...spec, revision: spec.revision ?? "HEAD", name };
    case "hub": {
      const [version] = spec.versions;
      if (version === undefined || spec.versions.length > 1 || !/^\d/.test(version))
        fail("DH1081", `${LOCK_FILE} must pin one version of ${spec.package}`, spec.place, HINT);
      return { kind: "hub", package: spec.package, version, name };
    }
  }
}

/** Writes the file in dbt's shape. `scrub` takes secrets out of addresses that hold them literally. */
export function writeLock(
  root: string,
  pinned: readonly PinnedPackage[],
  hash: string,
  scrub: (text: string) => string,
): string {
  const file = join(root, LOCK_FILE);
  const data = { packages: pinned.map((one) => lockEntry(one, scrub)), sha1_hash: hash };
  writeFileAtomic(file, [stringify(data, { version: "1.1", sortMapEntries: true, singleQuote: true, lineWidth: 0 })]);
  return file;
}

function lockEntry(pinned: PinnedPackage, scrub: (text: string) => string): JsonObject {
  switch (pinned.kind) {
    case "local":
      return { local: pinned.local, name: pinned.name };
    case "hub":
      return { package: pinned.package, version: pinned.version, name: pinned.name };
    case "tarball":
      return { tarball: scrub(asText(pinned.unrendered["tarball"] ?? pinned.tarball)), name: pinned.name };
    case "git": {
      const { private: repository, provider, git } = pinned.unrendered;
      return {
        ...(repository === undefined ? { git: scrub(asText(git ?? pinned.git)) } : { private: repository }),
        ...(provider === undefined || provider === null ? {} : { provider }),
        revision: pinned.revision,
        ...(pinned.subdirectory === null ? {} : { subdirectory: pinned.subdirectory }),
        name: pinned.name,
      };
    }
  }
}
