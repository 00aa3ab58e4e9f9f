import { diagnostic, DiagnosticError } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { writeRunResultsJson } from "../7-artifacts/write-run-results.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import type { CommandResult } from "./result.ts";
import { openRouted } from "./routing/open-routed.ts";
import { openSession, writeManifest } from "./session.ts";

/** run-operation: calls one macro with the database at hand. Its result is written, so that it can be retried. */
export async function runOperationCommand(given: Invocation, name: string, args: JsonObject): Promise<CommandResult> {
  const invocation: Invocation = { ...given, flags: { ...given.flags, macro: name, args } };
  const session = openSession(invocation);
  writeManifest(session);
  const dot = name.indexOf(".");
  const macro =
    dot < 0
      ? session.registry.findAnywhere(name)
      : session.registry.findInPackage(name.slice(0, dot), name.slice(dot + 1));
  if (macro === undefined) {
    const known = session.registry.namesIn(session.facts.projectName);
    throw new DiagnosticError([
      diagnostic(
        "DH1703",
        `dbt could not find a macro with the name '${name}' in any package`,
        null,
        didYouMean(name, known),
      ),
    ]);
  }
  const { execution } = await openRouted(session, []);
  const startedAt = new Date();
  try {
    const outcome = await execution.pool.run(
      {
        kind: "macro",
        macroId: macro.source.unique_id,
        args: [],
        kwargs: args,
        // As in dbt: what a macro began and did not commit is undone.
        commit: false,
        connection: `macro_${name}`,
      },
      null,
    );
    const result = operationResult(macro.source.unique_id, outcome.ok, startedAt);
    if (invocation.flags.write_json)
      writeRunResultsJson([result], result.execution_time, invocation, session.targetFolder);
    if (outcome.ok) return { exitCode: 0, results: [result] };
    const [inner] = outcome.error.frames;
    const place = {
      file: inner?.path ?? macro.source.original_file_path,
      line: inner?.line ?? null,
      column: inner?.column ?? null,
    };
    const { message, engine } = outcome.error;
    const text = `Encountered an error while running operation: ${message}`;
    invocation.emit({
      kind: "diagnostic",
      diagnostic: diagnostic("DH3004", text, place, engine?.hint ?? null),
    });
    return { exitCode: 1, results: [result] };
  } finally {
    await execution.close();
  }
}

/** dbt's result of an operation has the macro's name, and 1 failure for a failed one. */
function operationResult(id: string, isOk: boolean, startedAt: Date): RunResult {
  const endedAt = new Date();
  const [started_at, completed_at] = [startedAt.toISOString(), endedAt.toISOString()];
  return {
    unique_id: id,
    status: isOk ? "success" : "error",
    timing: [
      { name: "compile", started_at, completed_at: started_at },
      { name: "execute", started_at, completed_at },
    ],
    thread_id: "MainThread",
    execution_time: (endedAt.getTime() - startedAt.getTime()) / 1000,
    adapter_response: {},
    message: null,
    failures: isOk ? 0 : 1,
    compiled: false,
    compiled_code: null,
    relation_name: null,
    batch_results: null,
  };
}
