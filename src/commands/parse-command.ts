import type { Invocation } from "../contracts/invocation.ts";
import { OK, type CommandResult } from "./result.ts";
import { foundText } from "./found-text.ts";
import { openParsed, writeParsedManifest } from "./session.ts";

/** parse: load → parse → write the manifest. */
export function parseCommand(invocation: Invocation): CommandResult {
  const started = performance.now();
  const { session, text, found } = openParsed(invocation);
  writeParsedManifest(session, text);
  invocation.emit({ kind: "log", level: "info", message: found ?? foundText(session.manifest) });
  invocation.emit({
    kind: "log",
    level: "info",
    message: `Parsed in ${((performance.now() - started) / 1000).toFixed(2)}s: ${session.targetFolder}/manifest.json`,
  });
  return OK;
}
