import { diagnostic } from "../contracts/diagnostic.ts";
import { isJsonObject, type Json } from "../contracts/json.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asText, asList, isRecord } from "../shared/objects.ts";
import { renderDescription } from "./docs.ts";
import type { ParseState } from "./parse-state.ts";

/** `macros:` of property files: descriptions and arguments. */
export function applyMacroProperties(state: ParseState): void {
  const { macros } = state.manifest;
  for (const entry of state.properties.ofKey("macros")) {
    state.properties.find("macros", entry.file.packageName, entry.name);
    const macro = macros[`macro.${entry.file.packageName}.${entry.name}`];
    if (macro === undefined) {
      const known = Object.values(macros)
        .filter((other) => other.package_name === entry.file.packageName)
        .map((other) => other.name);
      state.diagnostics.push(
        diagnostic(
          "DH1308",
          `Found patch for macro "${entry.name}" which was not found`,
          entry.placeOf([]),
          didYouMean(entry.name, known),
          "warning",
        ),
      );
      continue;
    }
    const { data, file } = entry;
    macro.description = renderDescription(state, data["description"], file.packageName, file.originalPath).text;
    macro.patch_path = `${file.packageName}://${file.originalPath}`;
    if (isRecord(data["meta"])) macro.meta = data["meta"];
    macro.arguments = asList(data["arguments"] as Json[])
      .filter(isJsonObject)
      .map((argument) => ({
        name: asText(argument["name"]),
        type: argument["type"] === undefined || argument["type"] === null ? null : asText(argument["type"]),
        description: renderDescription(state, argument["description"], file.packageName, file.originalPath).text,
      }));
  }
}
