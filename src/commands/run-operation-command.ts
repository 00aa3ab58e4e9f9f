import { diagnostic, DiagnosticError } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { JsonObject } from "../contracts/json.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import type { CommandResult } from "./result.ts";
import { openRouted } from "./routing/open-routed.ts";
import { openSession, writeManifest } from "./session.ts";

/** run-operation: calls one macro with the database at hand. */
export async function runOperationCommand(
  invocation: Invocation,
  name: string,
  args: JsonObject,
): Promise<CommandResult> {
  const session = openSession(invocation);
  const dot = name.indexOf(".");
  const macro =
    dot < 0
      ? session.registry.find(name, session.facts.projectName)
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
  try {
    const outcome = await execution.pool.run(
      {
        kind: "macro",
        macroId: macro.source.unique_id,
        args: [],
        kwargs: args,
        commit: true,
        connection: `macro_${name}`,
      },
      null,
    );
    writeManifest(session);
    if (outcome.ok) return { exitCode: 0 };
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
    return { exitCode: 1 };
  } finally {
    await execution.close();
  }
}
