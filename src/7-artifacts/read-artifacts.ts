import { join } from "node:path";
import { fail } from "../contracts/diagnostic.ts";
import { isJsonObject, type JsonObject } from "../contracts/json.ts";
import type { Manifest } from "../contracts/manifest.ts";
import type { PriorState } from "../contracts/prior-state.ts";
import type { FreshnessResult, RunResult } from "../contracts/run-result.ts";
import { readTextIfExists } from "../shared/files.ts";
import { asText, errorMessage } from "../shared/objects.ts";
import { upgradeManifest } from "./upgrade-manifest.ts";

/** The versions of each artifact that mean what ours means. */
const READABLE: Readonly<Record<string, readonly number[]>> = {
  manifest: [4, 5, 6, 7, 8, 9, 10, 11, 12],
  "run-results": [4, 5, 6],
  sources: [3],
};

/** What a folder has of an earlier command's artifacts. */
export function readPriorState(folder: string, shown: string, targetFolder: string): PriorState {
  const manifest = readArtifact(join(folder, "manifest.json"), "manifest");
  return {
    folder: shown,
    manifest: manifest === null ? null : (manifest as unknown as Manifest),
    results: resultsOf(readRunResults(folder)) as readonly RunResult[] | null,
    sources: resultsOf(readArtifact(join(folder, "sources.json"), "sources")) as readonly FreshnessResult[] | null,
    sourcesNow: resultsOf(readArtifact(join(targetFolder, "sources.json"), "sources")) as
      readonly FreshnessResult[] | null,
  };
}

export function readRunResults(folder: string): JsonObject | null {
  return readArtifact(join(folder, "run_results.json"), "run-results");
}

function readArtifact(file: string, kind: string): JsonObject | null {
  const text = readTextIfExists(file);
  if (text === null) return null;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    fail(
      "DH1621",
      `This artifact is no JSON: ${errorMessage(error)}`,
      { file },
      "Write it anew, with the command that made it.",
    );
  }
  const metadata = isJsonObject(data) ? data["metadata"] : null;
  const schema = isJsonObject(metadata) ? asText(metadata["dbt_schema_version"] ?? "") : "";
  const version = new RegExp(`/${kind}/v(\\d+)\\.json$`).exec(schema)?.[1];
  if (!isJsonObject(data) || version === undefined || READABLE[kind]?.includes(Number(version)) !== true)
    fail(
      "DH1621",
      `Expected a schema version of "https://schemas.getdbt.com/dbt/${kind}/v${String(READABLE[kind]?.at(-1))}.json", but found "${schema}"`,
      { file },
      "Write the artifact anew with a program of this generation (dbt 1.0 or newer).",
    );
  return kind === "manifest" ? upgradeManifest(data, Number(version)) : data;
}

function resultsOf(artifact: JsonObject | null): readonly unknown[] | null {
  const results = artifact?.["results"];
  return Array.isArray(results) ? results : null;
}
