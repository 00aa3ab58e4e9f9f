import type { Invocation } from "../contracts/invocation.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { jsonDumps } from "../jinja/stdlib/json.ts";
import { toPython } from "../context/convert.ts";
import type { Session } from "./session.ts";

export type CompiledOutput = "text" | "json";

/** Prints what `compile` made of the nodes that the first `--select` names, as dbt does: by any part of its text. */
export function printSelected(session: Session, results: readonly RunResult[], output: CompiledOutput): void {
  const { manifest, invocation } = session;
  const [selected] = invocation.flags.select;
  if (selected === undefined) return;
  for (const { unique_id: id, compiled_code: code } of results) {
    const name = (manifest.nodes[id] ?? manifest.functions[id])?.name;
    if (name !== undefined && selected.includes(name) && code !== null) printCompiled(invocation, name, code, output);
  }
}

/** One text; `node` is null for a query of the command line. */
export function printCompiled(invocation: Invocation, node: string | null, code: string, output: CompiledOutput): void {
  const { emit } = invocation;
  if (output === "json") {
    const value = node === null ? { compiled: code } : { node, compiled: code };
    emit({ kind: "print", text: jsonDumps(toPython(value), { indent: 2 }) });
    return;
  }
  const what = node === null ? "Compiled inline node" : `Compiled node '${node}'`;
  emit({ kind: "log", level: "info", message: `${what} is:` });
  emit({ kind: "print", text: code });
}
