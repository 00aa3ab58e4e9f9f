import { diagnostic } from "../contracts/diagnostic.ts";
import { isJsonObject, type Json, type JsonObject } from "../contracts/json.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asText, asList, isRecord } from "../shared/objects.ts";
import type { MacroNode } from "../contracts/manifest.ts";
import { renderDescription } from "./docs.ts";
import { fillMacroArguments, macroArgumentWarnings } from "./macro-arguments.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import type { PropertyEntry } from "./property-files.ts";

/** `macros:` of property files: descriptions and arguments. */
export function applyMacroProperties(state: ParseState): void {
  const { macros } = state.manifest;
  if (state.env.invocation.flags.validate_macro_args === true)
    fillMacroArguments(Object.values(macros).filter((macro) => !isOfTestFile(state, macro)));
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
    collecting(state, `macro ${macro.name}`, entry.file.originalPath, () => describe(state, macro, entry));
  }
}

/** dbt reads `tests/generic/` with another parser, which takes no arguments down. */
function isOfTestFile({ project }: ParseState, { package_name: name, original_file_path: path }: MacroNode): boolean {
  const owner = project.packages.find((config) => config.name === name);
  return owner?.testPaths.some((folder) => path.startsWith(`${folder}/generic/`)) === true;
}

function describe(state: ParseState, macro: MacroNode, { data, file }: PropertyEntry): void {
  const described = (text: Json | undefined): string =>
    renderDescription(state, text, file.packageName, file.originalPath).text;
  macro.description = described(data["description"]);
  macro.patch_path = `${file.packageName}://${file.originalPath}`;
  const config = isRecord(data["config"]) ? data["config"] : {};
  macro.meta = { ...record(data["meta"]), ...record(config["meta"]) };
  const docs = record(config["docs"] ?? data["docs"]);
  macro.docs = {
    show: docs["show"] !== false,
    node_color: typeof docs["node_color"] === "string" ? docs["node_color"] : null,
  };
  macro.config = { meta: macro.meta, docs: { ...macro.docs } };
  const documented = asList(data["arguments"] as Json[])
    .filter(isJsonObject)
    .map((argument) => ({
      name: asText(argument["name"]),
      type: argument["type"] === undefined || argument["type"] === null ? null : asText(argument["type"]),
      description: described(argument["description"]),
    }));
  const isValidated = state.env.invocation.flags.validate_macro_args === true;
  if (isValidated) state.diagnostics.push(...macroArgumentWarnings(macro, documented));
  if (documented.length > 0 || !isValidated) macro.arguments = documented;
}

function record(value: Json | undefined): JsonObject {
  return isRecord(value) ? value : {};
}
