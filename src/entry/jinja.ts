import { extractBlocks } from "../jinja/blocks.ts";
import { DEFAULT_LIMITS, withLimits, type Limits } from "../jinja/limits.ts";
import { compileMacro, returnFunction } from "../jinja/macro.ts";
import { compileTemplate, type RenderContext } from "../jinja/template.ts";
import { fromJavaScript, toJavaScript } from "../jinja/plain-values.ts";
import type { Value } from "../jinja/values.ts";

export { JinjaError } from "../jinja/errors.ts";
export type { ErrorFrame } from "../jinja/errors.ts";

export interface RenderOptions {
  /** Named in errors; "template" where nothing is given. */
  readonly path?: string;
  /** Texts of macro files; their macros are in scope, and return() works in them. */
  readonly macros?: readonly string[];
  /** Gives back a value instead of text where the template is a single expression. */
  readonly native?: boolean;
  readonly limits?: Partial<Limits>;
}

/** Macros of the macro files see each other, the context and return(). */
function macroScope(values: ReadonlyMap<string, Value>, files: readonly string[]): RenderContext {
  const macros = new Map<string, Value>();
  const context: RenderContext = {
    lookup: (name) =>
      values.get(name) ??
      (values.has(name) ? null : (macros.get(name) ?? (name === "return" ? returnFunction : undefined))),
  };
  files.forEach((text, i) => {
    const path = `macros[${i}]`;
    for (const block of extractBlocks(text, path, ["macro", "test", "data_test", "materialization"])) {
      const macro = compileMacro(block.source, { path, line: block.line, column: block.column });
      macros.set(macro.name, macro.bind(context));
    }
  });
  return context;
}

/** Renders one Jinja template by Jinja2's and Python's rules, with dbt's tags and filters. */
export function renderTemplate(
  source: string,
  context: Readonly<Record<string, unknown>>,
  options: RenderOptions = {},
): unknown {
  return withLimits({ ...DEFAULT_LIMITS, ...options.limits }, () => {
    const values = new Map(Object.entries(context).map(([name, value]) => [name, fromJavaScript(value)]));
    const scope = macroScope(values, options.macros ?? []);
    const template = compileTemplate(source, { path: options.path ?? "template" });
    return options.native === true ? toJavaScript(template.renderNative(scope)) : template.render(scope);
  });
}
