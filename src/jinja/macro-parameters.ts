import { normalizeSource } from "./lexer.ts";
import { Parser } from "./parser.ts";
import { TemplateText } from "./runtime.ts";
import { withSyntaxPlace } from "./template.ts";
import { walkStatements } from "./walk.ts";

/** The names of the parameters of the one macro, test or materialization that a text holds. Throws JinjaError. */
export function macroParameters(source: string, path: string): string[] {
  const text = new TemplateText(normalizeSource(source), { path });
  const names: string[] = [];
  const statement = (node: { kind: string; params?: readonly { name: string }[] }): boolean => {
    if (node.kind !== "macro") return true;
    names.push(...(node.params ?? []).map((parameter) => parameter.name));
    return false;
  };
  withSyntaxPlace(text, () => walkStatements(new Parser(text.text).parse(), { statement }));
  return names;
}
