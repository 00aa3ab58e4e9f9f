import type { Invocation } from "../contracts/invocation.ts";
import { nodeError } from "../6-execution/node-errors.ts";
import { addInlineNode } from "./inline-node.ts";
import { printCompiled, type CompiledOutput } from "./print-compiled.ts";
import type { CommandResult } from "./result.ts";
import { adopt, openRouted } from "./routing/open-routed.ts";
import { openSession, writeManifest } from "./session.ts";

/** compile --inline: renders one query and prints it. */
export async function compileInlineCommand(
  invocation: Invocation,
  sql: string,
  output: CompiledOutput,
): Promise<CommandResult> {
  const session = openSession(invocation);
  writeManifest(session);
  const node = addInlineNode(session, sql);
  const routed = await openRouted(session, []);
  const { execution } = routed;
  adopt(routed, node);
  try {
    const outcome = await execution.of(node.unique_id).pool.run({ kind: "compile", node }, node.unique_id);
    if (outcome.ok) {
      printCompiled(invocation, null, outcome.result.compiled?.code ?? "", output);
      return { exitCode: 0 };
    }
    invocation.emit({ kind: "diagnostic", diagnostic: nodeError(outcome.error, node, null).diagnostic });
    return { exitCode: 2 };
  } finally {
    await execution.close();
  }
}
