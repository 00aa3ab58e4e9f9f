import { evidentType, type EvidentType } from "./evident-type.ts";
import type { SqlText } from "./sql-text.ts";

/** The types of a chain of products around an operator: `a * 1.0 / b`. */
export function factorTypes(text: SqlText, at: number): EvidentType[] {
  const types: EvidentType[] = [evidentType(text, text.operandAfter(at + 1))];
  for (let end = at; ;) {
    const operand = text.operandBefore(end);
    types.push(evidentType(text, operand));
    if (!text.sign(operand.from - 1, "*", "/", "%")) return types;
    end = operand.from - 1;
  }
}

/** Whether a bracket takes an element of what is before it. */
export function isSubscript(text: SqlText, open: number): boolean {
  const before = text.tokens[open - 1];
  if (before === undefined || !text.sign(open, "[") || text.is(open - 1, "array")) return false;
  if (before.kind === "sign") return [")", "]", "}"].includes(before.text);
  if (before.kind === "string") return true;
  return (
    before.kind === "name" ||
    (before.kind === "word" && !text.is(open - 1, "select", "in", "by", "when", "then", "and"))
  );
}
