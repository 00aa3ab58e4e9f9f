import type { Artifacts, Catalog, Manifest, Results, RoutedNode } from "./artifacts.ts";
import { isGiven } from "./given.ts";

/** The files that the page may hold in itself, as `static_index.html` does, or else lie beside it. */
const FILES = ["manifest.json", "catalog.json", "run_results.json", "sources.json", "routing_log.jsonl"] as const;
type File = (typeof FILES)[number];

export async function loadArtifacts(): Promise<Artifacts> {
  const isWhole = embedded("manifest.json") !== null;
  const texts = await Promise.all(FILES.map(async (file) => (isWhole ? embedded(file) : beside(file))));
  const [manifest, catalog, runResults, sources, routing] = texts;
  if (!isGiven(manifest)) throw new Error("There is no manifest.json beside this page.");
  return {
    manifest: JSON.parse(manifest) as Manifest,
    catalog: parsed(catalog) as Catalog | null,
    runResults: parsed(runResults) as Results | null,
    sources: parsed(sources) as Results | null,
    routing: (routing ?? "").split("\n").flatMap((line) => (parsed(line) as RoutedNode | null) ?? []),
  };
}

/** Null: the page does not hold it. */
function embedded(file: File): string | null {
  const text = document.getElementById(file)?.textContent ?? "";
  return text.trim() === "" ? null : text;
}

async function beside(file: File): Promise<string | null> {
  const answer = await fetch(file, { cache: "no-store" });
  return answer.ok ? await answer.text() : null;
}

/** What is not there, or was cut short when it was written, is as if it were not there. */
function parsed(text: string | null | undefined): unknown {
  try {
    return !isGiven(text) || text === "" ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}
