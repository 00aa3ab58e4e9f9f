import { escapeHtml, Markup } from "./str-object.ts";
import { pyStr, type Value } from "./values.ts";

/** markupsafe.escape() */
export function escapeValue(value: Value): Markup {
  return value instanceof Markup ? value : new Markup(escapeHtml(pyStr(value)));
}
