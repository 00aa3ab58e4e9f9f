import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { MacroNode } from "../contracts/manifest.ts";
import { macroParameters } from "../jinja/macro-parameters.ts";
import { JinjaError } from "../jinja/values.ts";

type MacroArgument = MacroNode["arguments"][number];

/** Types that a documented argument may have, and how many types each takes in brackets. Source: dbt's list. */
const TYPES: Readonly<Record<string, number>> = {
  ...{ str: 0, string: 0, bool: 0, int: 0, integer: 0, float: 0, any: 0, relation: 0, column: 0 },
  ...{ list: 1, optional: 1, dict: 2 },
};

/** `flags: {validate_macro_args: true}`: the manifest has every macro's arguments, as its signature names them. */
export function fillMacroArguments(macros: readonly MacroNode[]): void {
  for (const macro of macros) {
    try {
      const names = macroParameters(macro.macro_sql, macro.original_file_path);
      macro.arguments = names.map((name) => ({ name, type: null, description: "" }));
    } catch (error) {
      // What cannot be read is reported where the macro's calls are looked for.
      if (!(error instanceof JinjaError)) throw error;
    }
  }
}

/** What documented arguments say that a macro's signature (its `arguments` so far) does not; and types that are none. */
export function macroArgumentWarnings(macro: MacroNode, documented: readonly MacroArgument[]): Diagnostic[] {
  if (documented.length === 0) return [];
  const messages = documented
    .filter((argument, index) => index < macro.arguments.length && argument.name !== macro.arguments[index]?.name)
    .map(({ name }) => `Argument ${name} in yaml for macro ${macro.name} does not match the jinja definition.`);
  if (documented.length !== macro.arguments.length)
    messages.push(`The number of arguments in the yaml for macro ${macro.name} does not match the jinja definition.`);
  for (const { name, type } of documented)
    if (type !== null && type.trim() !== "" && !isType(type))
      messages.push(`Argument ${name} in the yaml for macro ${macro.name} has an invalid type.`);
  const place = { file: macro.original_file_path, line: macro._line, column: macro._column };
  return messages.map((message) => diagnostic("DH1313", message, place, null, "warning"));
}

/** `list[dict[str, int]]`: a known name with as many types in brackets as it takes; blanks do not count. */
export function isType(text: string): boolean {
  return afterType(text.replaceAll(/[ \t]/g, "")) === "";
}

/** What follows the type that a text begins with, or null where it begins with none. */
function afterType(text: string): string | null {
  const name = /^[a-z]+/.exec(text)?.[0] ?? "";
  const count = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (count === undefined) return null;
  let rest = text.slice(name.length);
  for (let index = 0; index < count; index += 1) {
    if (!rest.startsWith(index === 0 ? "[" : ",")) return null;
    const after = afterType(rest.slice(1));
    if (after === null) return null;
    rest = after;
  }
  if (count === 0) return rest;
  return rest.startsWith("]") ? rest.slice(1) : null;
}
