import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Engine and rule of each node of the last run. */
export function responses(folder: string): Record<string, string> {
  const { results } = JSON.parse(readFileSync(join(folder, "target", "run_results.json"), "utf8")) as {
    results: { unique_id: string; adapter_response: { engine?: string; rule?: string } }[];
  };
  const known = results.filter(({ adapter_response: response }) => response.engine !== undefined);
  return Object.fromEntries(
    known.map(({ unique_id: id, adapter_response: { engine = "", rule = "" } }) => [
      id.split(".").slice(2).join("."),
      `${engine} ${rule}`,
    ]),
  );
}
