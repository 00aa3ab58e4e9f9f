import { join, resolve } from "node:path";
import { readRunResults } from "../7-artifacts/read-artifacts.ts";
import { fail } from "../contracts/diagnostic.ts";
import type { Flags } from "../contracts/flags.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { isJsonObject, type JsonObject } from "../contracts/json.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { readTextIfExists } from "../shared/files.ts";
import { asText } from "../shared/objects.ts";
import { parseYaml } from "../shared/yaml-file.ts";
import type { CommandResult } from "./result.ts";
import { projectRoot } from "./session.ts";
import { readWarnErrorOptions } from "./warn-error-options.ts";

/** What of an earlier command counts as undone. */
const UNDONE = ["error", "fail", "skipped", "runtime error", "partial success"];
/** Flags that are this command's own, whatever the earlier one was given. */
const OWN = [
  ...["which", "log_path", "profiles_dir", "project_dir", "defer_state", "target_path", "warn_error"],
  ...[
    "invocation_command",
    "log_level",
    "log_level_file",
    "log_format",
    "log_format_file",
    "use_colors",
    "quiet",
    "debug",
  ],
];

/** Flags that the command line of `retry` may give anew. */
export interface RetryGiven {
  readonly vars: boolean;
  readonly threads: boolean;
}

/** retry: what failed or was skipped in the command that wrote run_results.json, with the flags that it had. */
export async function retryCommand(invocation: Invocation, given: RetryGiven): Promise<CommandResult> {
  const { flags } = invocation;
  const folder = resultsFolder(invocation);
  const artifact = readRunResults(resolve(projectRoot(invocation), folder));
  const results = Array.isArray(artifact?.["results"]) ? (artifact["results"] as unknown as RunResult[]) : [];
  // Of a command that found nothing to do there is nothing to know, as in dbt.
  if (artifact === null || results.length === 0)
    fail(
      "DH1627",
      `Could not find previous run in '${folder}' target directory`,
      null,
      "Run a command first; `--state DIR` names the folder of its run_results.json where that is not target/.",
    );
  const args = isJsonObject(artifact["args"]) ? artifact["args"] : {};
  const which = asText(args["which"] ?? "");
  const again: Invocation = { ...invocation, flags: earlierFlags(flags, args, which, given) };
  const undone = results.filter(({ status, unique_id: id }) => {
    const isUndone = UNDONE.includes(status) || (status === "warn" && flags.warn_error);
    return isUndone && !id.startsWith("operation.");
  });
  if (which === "run-operation") {
    if (undone.length === 0) return { exitCode: 0, results };
    const { runOperationCommand } = await import("./run-operation-command.ts");
    return runOperationCommand(again, asText(args["macro"] ?? ""), isJsonObject(args["args"]) ? args["args"] : {});
  }
  if (which === "generate") {
    const { docsGenerateCommand } = await import("./docs-command.ts");
    return docsGenerateCommand(again, {
      compile: args["compile"] !== false,
      emptyCatalog: args["empty_catalog"] === true,
      static: args["static"] === true,
    });
  }
  const { RUN_KINDS, runCommand } = await import("./run-command.ts");
  const kind = RUN_KINDS[which];
  if (kind === undefined)
    fail(
      "DH1628",
      `The results in '${folder}' are those of '${which}', which cannot be retried`,
      null,
      `These can: ${Object.keys(RUN_KINDS).join(", ")}, docs generate, run-operation.`,
    );
  const partly = undone.flatMap(({ unique_id: id, batch_results: batches }) =>
    batches !== null && batches.successful.length > 0 && batches.failed.length > 0 ? [[id, batches] as const] : [],
  );
  return runCommand(again, kind, {
    ids: new Set(undone.map((result) => result.unique_id)),
    batches: new Map(partly),
    startedAt: startOf(artifact) ?? invocation.startedAt,
  });
}

/** As it is given, for messages. */
function resultsFolder(invocation: Invocation): string {
  const { state, target_path: target } = invocation.flags;
  if (state !== null) return state;
  if (target !== null) return target;
  const text = readTextIfExists(join(projectRoot(invocation), "dbt_project.yml"));
  const { data } = parseYaml(text ?? "");
  return isJsonObject(data) ? asText(data["target-path"] ?? "target") : "target";
}

function earlierFlags(flags: Flags, args: JsonObject, which: string, given: RetryGiven): Flags {
  const own = [...OWN, ...(given.vars ? ["vars"] : []), ...(given.threads ? ["threads"] : [])];
  const earlier = Object.entries(args).filter(
    ([key, value]) => key in flags && !own.includes(key) && typeof value === kindOf(flags[key], value),
  );
  // The state that held the results is not the one to compare with.
  const merged: Flags = { ...flags, state: null, ...Object.fromEntries(earlier), which };
  // Results of dbt 1.9 and before call its keys otherwise.
  return { ...merged, warn_error_options: readWarnErrorOptions(merged.warn_error_options) };
}

/** A value of another kind than ours is not understood; a flag without a default takes any. */
function kindOf(ours: unknown, value: unknown): string {
  return ours === null ? typeof value : typeof ours;
}

function startOf(artifact: JsonObject): Date | null {
  const metadata = isJsonObject(artifact["metadata"]) ? artifact["metadata"] : {};
  const text = metadata["invocation_started_at"] ?? metadata["generated_at"];
  return typeof text === "string" ? new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) : null;
}
