import { join } from "node:path";
import { DBT_VERSION, type Invocation } from "../contracts/invocation.ts";
import type { FreshnessResult, RunResult } from "../contracts/run-result.ts";
import { customEnv } from "./write-manifest.ts";
import { writeJson } from "./write-json.ts";

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
  writeJson(join(targetFolder, "run_results.json"), json, invocation);
}

function publicArgs({ flags }: Invocation): Record<string, unknown> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== null && value !== undefined));
}

/** target/sources.json, in the form of https://schemas.getdbt.com/dbt/sources/v3.json */
/** As in dbt, a source that could not be measured is in the messages and the exit code alone. */
export function writeSourcesJson(
  results: readonly FreshnessResult[],
  elapsed: number,
  invocation: Invocation,
  targetFile: string,
): void {
  const measured = results.filter(({ status }) => status !== "runtime error");
  const head = { metadata: metadata("sources/v3", invocation) };
  writeJson(targetFile, { ...head, results: measured, elapsed_time: elapsed }, invocation);
}

/** The common head of the catalog. */
export function catalogMetadata(invocation: Invocation): Record<string, unknown> {
  return metadata("catalog/v1", invocation);
}
