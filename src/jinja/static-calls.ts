import type { Call, Expression } from "./ast.ts";
import { normalizeSource } from "./lexer.ts";
import { Parser } from "./parser.ts";
import { TemplateText, type Origin } from "./runtime.ts";
import { withSyntaxPlace } from "./template.ts";
import { walkStatements } from "./walk.ts";

/** A call in a template whose callee is written as a name or name.name. */
export interface StaticCall {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  /** For adapter.dispatch with literal arguments. */
  readonly dispatch?: { readonly macroName: string; readonly namespace: string | null };
}

function calleeName(node: Expression): string | undefined {
  if (node.kind === "name") return node.name;
  return node.kind === "getattr" && node.node.kind === "name" ? `${node.node.name}.${node.name}` : undefined;
}

/** Where the callee starts: for a.b() at a. */
function startOf(node: Expression): number {
  return node.kind === "getattr" ? startOf(node.node) : node.at;
}

function literal(node: Expression | undefined): string | null | undefined {
  if (node === undefined) return null;
  if (node.kind !== "const") return undefined;
  return typeof node.value === "string" || node.value === null ? node.value : undefined;
}

function dispatchOf({ call }: Call): StaticCall["dispatch"] {
  const named = (name: string): Expression | undefined => call.kwargs.find((kwarg) => kwarg.name === name)?.value;
  const macroName = literal(call.args[0] ?? named("macro_name"));
  // In second place dbt reads a text alone and takes anything else for none; by its name it has to be a text.
  const namespace = call.args[1] === undefined ? literal(named("macro_namespace")) : (literal(call.args[1]) ?? null);
  return typeof macroName === "string" && namespace !== undefined ? { macroName, namespace } : undefined;
}

/** Every call a template or macro spells out, in reading order: what a macro may depend on. */
export function staticCalls(source: string, origin: string | Origin): StaticCall[] {
  const text = new TemplateText(normalizeSource(source), typeof origin === "string" ? { path: origin } : origin);
  const calls: StaticCall[] = [];
  const visit = (node: Expression): void => {
    if (node.kind !== "call") return;
    const name = calleeName(node.node);
    if (name === undefined) return;
    const { line, column } = text.place(startOf(node.node));
    const dispatch = name === "adapter.dispatch" ? dispatchOf(node) : undefined;
    calls.push(dispatch === undefined ? { name, line, column } : { name, line, column, dispatch });
  };
  withSyntaxPlace(text, () => walkStatements(new Parser(text.text).parse(), { expression: visit }));
  return calls;
}

/** Is a name used anywhere in a template? */
export function usesName(source: string, name: string): boolean {
  const text = new TemplateText(normalizeSource(source), { path: "" });
  let found = false;
  const visit = (node: Expression): void => {
    found ||= node.kind === "name" && node.name === name;
  };
  withSyntaxPlace(text, () => walkStatements(new Parser(text.text).parse(), { expression: visit }));
  return found;
}
