import { raise, type Value } from "./values.ts";

type Access = (value: Value, name: Value) => Value;

/**
 * How format fields reach attributes and items. It is set by the module that knows attribute access, which in turn
 * knows the methods of str: the one circle in the value model, cut here.
 */
const access: { attribute: Access | undefined; item: Access | undefined } = { attribute: undefined, item: undefined };

export function setFieldAccess(attribute: Access, item: Access): void {
  access.attribute = attribute;
  access.item = item;
}

/** Follows `.name[key]…` of a format field. */
export function fieldAccess(start: Value, path: string): Value {
  let value = start;
  let rest = path;
  while (rest !== "") {
    const match = /^(?:\.([^.[]+)|\[([^\]]+)\])/.exec(rest);
    if (match === null)
      return raise(
        "ValueError",
        rest.startsWith("[") ? "Missing ']' in format string" : "Empty attribute in format string",
      );
    const [all, name, key = ""] = match;
    if (name !== undefined) value = access.attribute?.(value, name) ?? null;
    else value = access.item?.(value, /^\d+$/.test(key) ? Number(key) : key) ?? null;
    rest = rest.slice(all.length);
  }
  return value;
}
