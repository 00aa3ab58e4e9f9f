import { compareVersions } from "../shared/compare-versions.ts";
import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { isRecord } from "../shared/objects.ts";
import type { PropertyEntry, PropertyKey } from "./property-files.ts";

export interface ModelVersion {
  readonly entry: PropertyEntry;
  readonly version: string | number;
  readonly latest: string | number;
  /** The entry under `versions:`. */
  readonly data: JsonObject;
  readonly index: number;
}

/** Property entries by what they describe: `models` + package + name. */
export class PropertyIndex {
  private readonly byName = new Map<string, PropertyEntry>();
  private readonly versionFiles = new Map<string, ModelVersion>();
  private readonly used = new Set<PropertyEntry>();
  readonly entries: readonly PropertyEntry[];
  readonly diagnostics: Diagnostic[] = [];

  constructor(entries: readonly PropertyEntry[]) {
    this.entries = entries;
    for (const entry of entries) this.add(entry);
  }

  private add(entry: PropertyEntry): void {
    if (entry.key === "sources" || entry.key === "exposures" || entry.key === "unit_tests") return;
    const key = keyOf(entry.key, entry.file.packageName, entry.name);
    const other = this.byName.get(key);
    if (other !== undefined) {
      this.diagnostics.push(describedTwice(entry, other));
      return;
    }
    this.byName.set(key, entry);
    if (entry.key === "models" && Array.isArray(entry.data["versions"]))
      this.addVersions(entry, entry.data["versions"]);
  }

  private addVersions(entry: PropertyEntry, list: Json[]): void {
    const versions = list.flatMap((data, index) =>
      isRecord(data) && isVersion(data["v"]) ? [{ data: data, index, v: data["v"] }] : [],
    );
    const given = entry.data["latest_version"];
    const latest = isVersion(given)
      ? given
      : versions
          .map((version) => version.v)
          .reduce((a, b) => (compareVersions(a, b) >= 0 ? a : b), versions[0]?.v ?? 1);
    for (const { data, index, v } of versions) {
      const file = typeof data["defined_in"] === "string" ? data["defined_in"] : `${entry.name}_v${String(v)}`;
      const version: ModelVersion = { entry, version: v, latest, data, index };
      this.diagnostics.push(...unknownKeys(entry, version));
      this.versionFiles.set(`${entry.file.packageName}.${file}`, version);
      // The latest version may live in the file without a suffix.
      if (String(v) === String(latest)) {
        const plain = `${entry.file.packageName}.${entry.name}`;
        if (!this.versionFiles.has(plain)) this.versionFiles.set(plain, version);
      }
    }
  }

  find(key: PropertyKey, packageName: string, name: string): PropertyEntry | undefined {
    const entry = this.byName.get(keyOf(key, packageName, name));
    if (entry !== undefined) this.used.add(entry);
    return entry;
  }

  /** Lets an entry describe the resource of another package instead of its own's. Answers whether anything changed. */
  lend(entry: PropertyEntry, packageName: string): boolean {
    const home = keyOf(entry.key, entry.file.packageName, entry.name);
    const key = keyOf(entry.key, packageName, entry.name);
    const other = this.byName.get(key);
    if (this.byName.get(home) !== entry || other === entry) return false;
    if (other !== undefined) {
      this.diagnostics.push(describedTwice(entry, other));
      this.used.add(entry);
      return false;
    }
    this.byName.delete(home);
    this.byName.set(key, entry);
    return true;
  }

  /** The version a model file holds, by its name. */
  findVersion(packageName: string, fileName: string, hasFile: (name: string) => boolean): ModelVersion | undefined {
    const version = this.versionFiles.get(`${packageName}.${fileName}`);
    if (version === undefined) return undefined;
    const suffixed =
      typeof version.data["defined_in"] === "string"
        ? version.data["defined_in"]
        : `${version.entry.name}_v${String(version.version)}`;
    // A file with the suffix wins over the plain one.
    if (fileName !== suffixed && hasFile(suffixed)) return undefined;
    this.used.add(version.entry);
    return version;
  }

  ofKey(...keys: PropertyKey[]): PropertyEntry[] {
    return this.entries.filter((entry) => keys.includes(entry.key));
  }

  unused(): PropertyEntry[] {
    return [...this.byName.values()].filter((entry) => !this.used.has(entry));
  }
}

function describedTwice(entry: PropertyEntry, other: PropertyEntry): Diagnostic {
  const first = other.placeOf([]);
  return diagnostic(
    "DH1107",
    `dbt found two schema.yml entries for the same resource named ${entry.name}. Resources and their associated columns may only be described a single time.`,
    entry.placeOf([]),
    `The other one is at ${first.file}:${String(first.line ?? 1)}; remove one of them.`,
  );
}

/** What dbt takes below `versions:`; it refuses every other key, also those that are config of the whole model. */
const VERSION_KEYS = [
  ...["v", "defined_in", "description", "access", "config", "constraints", "docs", "data_tests", "tests", "columns"],
  "deprecation_date",
];

function unknownKeys(entry: PropertyEntry, { data, index, version }: ModelVersion): Diagnostic[] {
  return Object.keys(data)
    .filter((key) => !VERSION_KEYS.includes(key))
    .map((key) =>
      diagnostic(
        "DH1106",
        `The version ${String(version)} of '${entry.name}' has an unknown key '${key}'`,
        entry.placeOf(["versions", index, key]),
        didYouMean(key, VERSION_KEYS) ?? `A version takes ${VERSION_KEYS.join(", ")}; configs stand below \`config:\`.`,
      ),
    );
}

function keyOf(key: PropertyKey, packageName: string, name: string): string {
  return `${key}:${packageName}:${name}`;
}

export function isVersion(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
