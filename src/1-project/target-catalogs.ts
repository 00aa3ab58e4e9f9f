import { join } from "node:path";
import { DiagnosticError, diagnostic, fail, type Diagnostic } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { CatalogEntry, Target, TargetCatalog } from "../contracts/project.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { isRecord } from "../shared/objects.ts";

/** What the target's engine makes of a catalog. */
export type ReadCatalog = (
  target: Pick<Target, "type" | "database">,
  entry: CatalogEntry,
) => TargetCatalog | { problem: string; hint: string | null } | "own" | null;

/**
 * The catalogs that a target may use. The output's key `catalogs` changes them: `false` for none, or by name `false` or
 * settings by engine, which go over those of the file.
 */
export function targetCatalogs(
  entries: readonly CatalogEntry[],
  target: Pick<Target, "type" | "database" | "fields">,
  readCatalog: ReadCatalog,
  root: string,
): Pick<Target, "catalogs" | "tableDefaults"> {
  const changes = target.fields["catalogs"];
  const tableDefaults: CatalogEntry[] = [];
  if (changes === false || entries.length === 0) return { catalogs: [], tableDefaults };
  const file = join(root, "catalogs.yml");
  if (isRecord(changes)) checkNames(Object.keys(changes), entries);
  const problems: Diagnostic[] = [];
  const catalogs = entries.flatMap((entry) => {
    const change = isRecord(changes) ? changes[entry.name] : undefined;
    if (change === false) return [];
    const read = readCatalog(target, isRecord(change) ? changed(entry, change) : entry);
    if (read === "own") tableDefaults.push(entry);
    if (read === null || read === "own") return [];
    if (!("problem" in read)) return [read];
    problems.push(diagnostic("DH1033", read.problem, { file }, read.hint));
    return [];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
  return { catalogs, tableDefaults };
}

function checkNames(names: readonly string[], entries: readonly CatalogEntry[]): void {
  const known = entries.map((entry) => entry.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    fail(
      "DH1033",
      `The profile's catalogs name '${unknown}', which catalogs.yml does not have`,
      null,
      didYouMean(unknown, known) ?? `Catalogs: ${known.join(", ")}.`,
    );
}

function changed(entry: CatalogEntry, changes: JsonObject): CatalogEntry {
  const config: Record<string, JsonObject> = { ...entry.config };
  for (const [engine, settings] of Object.entries(changes))
    if (isRecord(settings)) config[engine] = { ...config[engine], ...settings };
  return { ...entry, config };
}
