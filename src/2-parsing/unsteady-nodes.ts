import type { JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { compileTemplate } from "../jinja/template.ts";
import { JinjaError } from "../jinja/values.ts";
import { renderKwargs } from "../context/test-kwargs.ts";
import { newCapture, parseContext, type Captured, type ParseEnvironment } from "./parse-context.ts";

/**
 * Hooks of the project and generic tests: their text is written by the program, or stands in a property file. They are
 * rendered while parsing for one reason, to see what they refer to.
 */
export function isOfNoFile(node: ManifestNode): boolean {
  return node.resource_type === "operation" || node.test_metadata !== undefined;
}

export function renderFileless(env: ParseEnvironment, node: ManifestNode, captured: Captured): void {
  const path = node.original_file_path;
  if (!node.raw_code.includes("{")) return;
  const context = parseContext(env, node, captured);
  const kwargs = node.test_metadata?.kwargs;
  if (kwargs !== undefined) context.override({ _dbt_generic_test_kwargs: renderKwargs(kwargs, context, path) });
  const line = kwargs === undefined ? 1 : (node._line ?? 1);
  compileTemplate(node.raw_code, { path, line }).render(context);
}

/** Notes what a finished node's text says, if that is unsteady, so that it can be asked again. */
export function noteUnsteadyText(env: ParseEnvironment, node: ManifestNode): void {
  if (node._failsHere !== undefined) return;
  let says: JsonObject = {};
  if (env.inputs.isUnsteady(() => (says = whatItSays(env, node)))) node._unsteady = says;
}

/** Whether an unsteady text refers to what it did. */
export function saysTheSame(env: ParseEnvironment, node: ManifestNode): boolean {
  if (!isOfNoFile(node)) return true;
  try {
    return JSON.stringify(whatItSays(env, node)) === JSON.stringify(node._unsteady);
  } catch (error) {
    if (error instanceof JinjaError) return false;
    throw error;
  }
}

function whatItSays(env: ParseEnvironment, node: ManifestNode): JsonObject {
  const captured = newCapture();
  renderFileless(env, node, captured);
  return { ...captured, macros: [...captured.macros], refs: captured.refs.map((ref) => ({ ...ref })) };
}
