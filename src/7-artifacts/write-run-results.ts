import { join } from "node:path";
import { DBT_VERSION, type Invocation } from "../contracts/invocation.ts";
import type { FreshnessResult, RunResult } from "../contracts/run-result.ts";
import { writeFileAtomic } from "../shared/files.ts";
import { customEnv } from "./write-manifest.ts";

function metadata(schema: string, { id, startedAt, env }: Invocation): Record<string, unknown> {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${schema}.json`,
    dbt_version: DBT_VERSION,
    generated_at: new Date().toISOString(),
    invocation_id: id,
    invocation_started_at: startedAt.toISOString(),
    env: customEnv(env),
  };
}

/** target/run_results.json, in the form of https://schemas.getdbt.com/dbt/run-results/v6.json */
export function writeRunResultsJson(
  results: readonly RunResult[],
  elapsed: number,
  invocation: Invocation,
  targetFolder: string,
): void {
  const json = {
    metadata: metadata("run-results/v6", invocation),
    results: results.map((result) => {
      const published: Partial<RunResult> = { ...result };
      delete published.diagnostics;
      return published;
    }),
    elapsed_time: elapsed,
    args: publicArgs(invocation),
  };
  writeFileAtomic(join(targetFolder, "run_results.json"), JSON.stringify(json));
}

function publicArgs({ flags }: Invocation): Record<string, unknown> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== null && value !== undefined));
}

/** target/sources.json, in the form of https://schemas.getdbt.com/dbt/sources/v3.json */
export function writeSourcesJson(
  results: readonly FreshnessResult[],
  elapsed: number,
  invocation: Invocation,
  targetFile: string,
): void {
  writeFileAtomic(
    targetFile,
    JSON.stringify({ metadata: metadata("sources/v3", invocation), results, elapsed_time: elapsed }),
  );
}

/** The common head of the catalog. */
export function catalogMetadata(invocation: Invocation): Record<string, unknown> {
  return metadata("catalog/v1", invocation);
}
