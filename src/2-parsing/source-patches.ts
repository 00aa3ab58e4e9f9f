import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import { asList, asText, isRecord } from "../shared/objects.ts";
import type { PropertyEntry } from "./property-files.ts";

/**
 * `overrides: <package>` at a source makes it no source of its own: what it says is laid over the source of that name in
 * that package, key by key, and table by table.
 */
export class SourcePatches {
  readonly problems: Diagnostic[] = [];
  private readonly patches = new Map<string, PropertyEntry>();
  private readonly used = new Map<PropertyEntry, Set<string>>();

  constructor(entries: readonly PropertyEntry[]) {
    for (const entry of entries.filter(isPatch)) {
      const key = `${asText(entry.data["overrides"])}.${entry.name}`;
      const other = this.patches.get(key);
      if (other === undefined) this.patches.set(key, entry);
      else
        this.problems.push(
          diagnostic(
            "DH1302",
            `dbt found two schema.yml entries for the same source named ${entry.name} in package ${asText(entry.data["overrides"])}.`,
            entry.placeOf([]),
            `The other one is in ${other.file.originalPath}; remove one.`,
          ),
        );
    }
  }

  /** A source with what overrides it. */
  patched(entry: PropertyEntry): PropertyEntry {
    const patch = this.patches.get(`${entry.file.packageName}.${entry.name}`);
    if (patch === undefined) return entry;
    const tables = tablesOf(entry.data).map((table) => asText(table["name"]));
    this.used.set(patch, new Set(tables));
    // Where it stood as written is kept: states compare that.
    const raw = overlaid(entry.raw, without(patch.raw, ["database", "schema"]));
    return { ...entry, data: overlaid(entry.data, patch.data), raw };
  }

  /** Overrides of what is not there; asked at the end. */
  unused(): Diagnostic[] {
    return [...this.patches].flatMap(([key, patch]) => {
      const used = this.used.get(patch);
      if (used === undefined) return [unusedPatch(patch, `source ${key}`)];
      const names = tablesOf(patch.data).map((table) => asText(table["name"]));
      return names.filter((name) => !used.has(name)).map((name) => unusedPatch(patch, `source table ${key}.${name}`));
    });
  }
}

export function isPatch({ data }: PropertyEntry): boolean {
  return data["overrides"] !== undefined && data["overrides"] !== null;
}

function unusedPatch(patch: PropertyEntry, what: string): Diagnostic {
  const message = `During parsing, dbt encountered a source override that had no target: ${what}`;
  return diagnostic("DH1318", message, patch.placeOf([]), null, "warning");
}

function tablesOf(data: JsonObject): JsonObject[] {
  return asList(data["tables"] as Json[]).filter(isRecord) as JsonObject[];
}

/** What an override does not say of these is not said at all: its defaults are laid over the source as well. */
const RESET_BY_SOURCE = ["config", "freshness"];
const RESET_BY_TABLE = ["quoting", "freshness"];

function without(data: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !keys.includes(key)));
}

function overlaid(source: JsonObject, patch: JsonObject): JsonObject {
  const byName = new Map(tablesOf(patch).map((table) => [asText(table["name"]), table]));
  const tables = asList(source["tables"] as Json[]).map((table): Json => {
    const own = isRecord(table) ? byName.get(asText(table["name"])) : undefined;
    return own === undefined ? table : { ...without(table as JsonObject, RESET_BY_TABLE), ...said(own) };
  });
  const rest = without(said(patch), ["overrides", "tables"]);
  return { ...without(source, RESET_BY_SOURCE), ...rest, tables };
}

/** Nothing is laid over by null, but that there is no freshness. */
function said(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key, value]) => value !== null || key === "freshness"));
}
