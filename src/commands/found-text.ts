import type { Manifest } from "../contracts/manifest.ts";
import { plural } from "../shared/plural.ts";

/** What dbt says after parsing: `Found 5 models, 3 seeds, 20 data tests, 419 macros`. */
export function foundText(manifest: Manifest): string {
  const types = new Map<string, number>();
  for (const { resource_type: type } of Object.values(manifest.nodes)) types.set(type, (types.get(type) ?? 0) + 1);
  const count = (type: string): number => types.get(type) ?? 0;
  const counts: [number, string][] = [
    [count("model"), "model"],
    [count("snapshot"), "snapshot"],
    [count("analysis"), "analysis"],
    [count("seed"), "seed"],
    [count("operation"), "operation"],
    [count("test"), "data test"],
    [Object.keys(manifest.sources).length, "source"],
    [Object.keys(manifest.exposures).length, "exposure"],
    [Object.keys(manifest.metrics).length, "metric"],
    [Object.keys(manifest.groups).length, "group"],
    [Object.keys(manifest.macros).length, "macro"],
    [Object.keys(manifest.unit_tests).length, "unit test"],
  ];
  const parts = counts.filter(([number]) => number > 0);
  return `Found ${parts.map(([number, name]) => `${String(number)} ${plural(name, number)}`).join(", ")}`;
}
