import type { Invocation } from "../contracts/invocation.ts";
import { nodeResult } from "../6-execution/node-result.ts";
import { addInlineNode } from "./inline-node.ts";
import { printCompiled, type CompiledOutput } from "./print-compiled.ts";
import type { CommandResult } from "./result.ts";
import { adopt, openRouted } from "./routing/open-routed.ts";
import { openSession, writeManifest, type Session } from "./session.ts";
import { endPreview } from "./show-command.ts";

/** compile --inline: renders one query and prints it. */
export async function compileInlineCommand(
  invocation: Invocation,
  sql: string,
  output: CompiledOutput,
): Promise<CommandResult> {
  const session = openSession(invocation);
  try {
    return await compileInline(session, sql, output);
  } finally {
    writeManifest(session);
  }
}

async function compileInline(session: Session, sql: string, output: CompiledOutput): Promise<CommandResult> {
  const { invocation, facts } = session;
  const node = addInlineNode(session, sql);
  const routed = await openRouted(session, []);
  const { execution } = routed;
  adopt(routed, node);
  const startedAt = new Date();
  try {
    const outcome = await execution.of(node.unique_id).pool.run({ kind: "compile", node }, node.unique_id);
    const noted = { manifest: routed.session.manifest, flags: invocation.flags, targetPath: facts.targetPath };
    const result = nodeResult({ ...noted, mode: "compile" }, node, outcome, startedAt);
    for (const problem of result.diagnostics ?? []) invocation.emit({ kind: "diagnostic", diagnostic: problem });
    if (outcome.ok) printCompiled(invocation, null, result.compiled_code ?? "", output);
    return endPreview(session, [result], startedAt.getTime());
  } finally {
    await execution.close();
  }
}
