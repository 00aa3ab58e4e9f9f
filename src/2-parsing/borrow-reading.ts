import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { Target } from "../contracts/project.ts";
import { JinjaError } from "../jinja/values.ts";
import type { Captured } from "./parse-context.ts";
import type { ParseState } from "./parse-state.ts";

/** The same project as another engine of the target reads it. */
export interface OtherReading {
  readonly target: Target;
  readonly manifest: () => Manifest;
}

/**
 * Renders a node's text. On a target of several engines one that fails for this engine, where another one can read it, is
 * no error: a macro may be dispatched to that engine alone. The node is then taken to say what it says there, in whose
 * SQL it is written, and is known not to run here.
 */
export function orBorrowed(state: ParseState, node: ManifestNode, captured: Captured, render: () => void): void {
  if (node._failsHere !== undefined) return;
  try {
    render();
  } catch (error) {
    const { elsewhere } = state;
    const other = elsewhere === null ? undefined : nodeIn(elsewhere.manifest(), node.unique_id);
    if (!(error instanceof JinjaError) || elsewhere === null || other === undefined) throw error;
    node._failsHere = messageWithPlace(error);
    borrow(captured, other);
    if (node.resource_type === "model" || node.resource_type === "snapshot")
      captured.config["dialect"] ??= elsewhere.target.type;
  }
}

/** In one line, for the reasons of a plan. */
function messageWithPlace({ message, frames: [inner] }: JinjaError): string {
  const place = inner === undefined ? "" : ` (${inner.path}:${String(inner.line)}:${String(inner.column)})`;
  return `${message.split("\n")[0] ?? ""}${place}`;
}

/** Undefined: it could not be read there either. */
function nodeIn({ nodes, functions, disabled }: Manifest, id: string): ManifestNode | undefined {
  const found = nodes[id] ?? functions[id] ?? disabled[id]?.find((node): node is ManifestNode => "raw_code" in node);
  return found?._failsHere === undefined ? found : undefined;
}

function borrow(captured: Captured, other: ManifestNode): void {
  for (const list of [captured.refs, captured.sources, captured.metrics, captured.functions]) list.length = 0;
  captured.refs.push(...other.refs);
  captured.sources.push(...other.sources);
  captured.metrics.push(...other.metrics);
  captured.functions.push(...other.functions);
  captured.macros.clear();
  for (const macro of other.depends_on.macros) captured.macros.add(macro);
  Object.assign(captured.config, other._config_call);
}
