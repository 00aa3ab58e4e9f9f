import { isJsonObject, type Json, type JsonObject } from "../contracts/json.ts";
import { compileTemplate, type RenderContext } from "../jinja/template.ts";
import { PyDict, type Value } from "../jinja/values.ts";
import { toPython } from "./convert.ts";

const LOOKS_LIKE_CALL = /^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$/;

/** A generic test's arguments with their Jinja rendered: native values, except the column's name, which stays text. */
export function renderKwargs(kwargs: JsonObject, context: RenderContext, path: string): PyDict {
  const render = (value: Json, isColumnName: boolean): Value => {
    if (typeof value === "string") {
      if (isColumnName) return value;
      // `to: ref('x')` is written without braces.
      const text = LOOKS_LIKE_CALL.test(value) ? `{{ ${value} }}` : value;
      if (!text.includes("{{") && !text.includes("{%")) return text;
      return compileTemplate(text, { path }).renderNative(context);
    }
    if (Array.isArray(value)) return value.map((item) => render(item, false));
    if (!isJsonObject(value)) return toPython(value);
    const dict = new PyDict();
    for (const [key, entry] of Object.entries(value)) dict.set(key, render(entry, false));
    return dict;
  };
  const dict = new PyDict();
  for (const [key, value] of Object.entries(kwargs)) dict.set(key, render(value, key === "column_name"));
  return dict;
}
