import { DiagnosticError, diagnostic } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import { compileTemplate, type RenderContext } from "../jinja/template.ts";
import { JinjaError } from "../jinja/values.ts";
import { isRecord } from "../shared/objects.ts";
import { fromPython } from "./convert.ts";

export type KeyPath = readonly (string | number)[];
type PlaceOf = (path: KeyPath) => { line: number; column: number } | null;

export interface YamlRenderer {
  /** Renders every text in `data` as Jinja to a native value; what `skip` names stays as written. */
  render(data: unknown, options?: { skip?: (path: KeyPath) => boolean; at?: KeyPath }): Json;
}

/** Renders the texts of a YAML file. Failures name the file and the entry's place. */
export function yamlRenderer(file: string, placeOf: PlaceOf, context: RenderContext): YamlRenderer {
  const renderText = (text: string, path: KeyPath): Json => {
    // A template without its last newline is what Jinja gives, also where nothing is rendered.
    if (!text.includes("{{") && !text.includes("{%") && !text.includes("{#")) return text.replace(/\n$/, "");
    try {
      return fromPython(compileTemplate(text, { path: file }).renderNative(context));
    } catch (error) {
      if (!(error instanceof JinjaError)) throw error;
      const place = placeOf(path);
      throw new DiagnosticError([
        diagnostic("DH1102", `Could not render ${path.join(".")}: ${error.message}`, {
          file,
          line: place?.line ?? null,
          column: place?.column ?? null,
        }),
      ]);
    }
  };
  const walk = (value: unknown, path: KeyPath, skip: (path: KeyPath) => boolean): Json => {
    if (skip(path)) return value as Json;
    if (typeof value === "string") return renderText(value, path);
    if (Array.isArray(value)) return value.map((entry, index) => walk(entry, [...path, index], skip));
    if (!isRecord(value)) return value as Json;
    const result: JsonObject = {};
    for (const [key, entry] of Object.entries(value)) result[key] = walk(entry, [...path, key], skip);
    return result;
  };
  return { render: (data, options) => walk(data, options?.at ?? [], options?.skip ?? (() => false)) };
}
