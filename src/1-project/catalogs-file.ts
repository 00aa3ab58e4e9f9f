import { join } from "node:path";
import { DiagnosticError, diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { CatalogEntry } from "../contracts/project.ts";
import { yamlRenderer, type KeyPath } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { readTextIfExists } from "../shared/files.ts";
import { asText, isRecord } from "../shared/objects.ts";
import { parseYaml, type YamlFile } from "../shared/yaml-file.ts";

const TYPES = [
  ...["iceberg_rest", "glue", "horizon", "unity", "biglake_metastore", "hive_metastore", "ducklake"],
  "local_filesystem",
];
const KEYS = ["name", "type", "table_format", "config"];
const KEYS_V1 = ["name", "active_write_integration", "write_integrations"];
const INTEGRATION_KEYS = [
  ...["name", "catalog_type", "catalog_name", "table_format", "external_volume", "file_format"],
  "adapter_properties",
];

/**
 * catalogs.yml, in either of dbt's forms; [] where there is no file. Throws DiagnosticError with all that is wrong.
 * Source: https://docs.getdbt.com/docs/mesh/iceberg/catalogs-yml
 */
export function readCatalogs(root: string, context: RenderContext): CatalogEntry[] {
  const path = join(root, "catalogs.yml");
  const text = readTextIfExists(path);
  if (text === null) return [];
  const yaml = parseYaml(text);
  const reader = new CatalogsReader(path, yaml);
  for (const { message, line, column } of yaml.problems)
    reader.problems.push(diagnostic("DH1002", `YAML: ${message}`, { file: path, line, column }));
  if (reader.problems.length > 0) throw new DiagnosticError(reader.problems);
  const entries = reader.read(yamlRenderer(path, yaml.placeOf, context).render(yaml.data));
  if (reader.problems.length > 0) throw new DiagnosticError(reader.problems);
  return entries;
}

class CatalogsReader {
  readonly problems: Diagnostic[] = [];
  private readonly path: string;
  private readonly yaml: YamlFile;

  constructor(path: string, yaml: YamlFile) {
    this.path = path;
    this.yaml = yaml;
  }

  read(data: Json): CatalogEntry[] {
    const list = isRecord(data) ? data["catalogs"] : null;
    if (!Array.isArray(list)) {
      this.problem(["catalogs"], "catalogs.yml needs a list under the key 'catalogs'");
      return [];
    }
    const names = list.map((entry) => (isRecord(entry) ? entry["name"] : undefined));
    names.forEach((name, index) => {
      if (typeof name === "string" && names.indexOf(name) < index)
        this.problem(["catalogs", index], `Two catalogs are named '${name}'`);
    });
    const entries = list.flatMap((entry, index) => this.entry(entry, ["catalogs", index]) ?? []);
    return entries;
  }

  private entry(entry: Json | undefined, at: KeyPath): CatalogEntry | null {
    if (!isRecord(entry) || typeof entry["name"] !== "string") return this.problem(at, "A catalog needs a name");
    return "write_integrations" in entry
      ? this.firstForm(entry, entry["name"], at)
      : this.secondForm(entry, entry["name"], at);
  }

  private secondForm(entry: JsonObject, name: string, at: KeyPath): CatalogEntry | null {
    this.checkKeys(entry, KEYS, `catalog '${name}'`, at);
    const type = this.type(entry["type"], `catalog '${name}'`, [...at, "type"]);
    const config: Record<string, JsonObject> = {};
    for (const [engine, settings] of Object.entries(isRecord(entry["config"]) ? entry["config"] : {})) {
      if (isRecord(settings)) config[engine] = settings;
      else this.problem([...at, "config", engine], `config.${engine} of catalog '${name}' is a mapping of settings`);
    }
    return type === null
      ? null
      : { name, type, tableFormat: asText(entry["table_format"] ?? "iceberg"), shared: {}, config };
  }

  /** The form of dbt 1.10: one of several integrations is written to. */
  private firstForm(entry: JsonObject, name: string, at: KeyPath): CatalogEntry | null {
    this.checkKeys(entry, KEYS_V1, `catalog '${name}'`, at);
    const list = Array.isArray(entry["write_integrations"])
      ? (entry["write_integrations"].filter(isRecord) as JsonObject[])
      : [];
    const names = list.map((integration) => asText(integration["name"]));
    const twice = names.find((own, index) => names.indexOf(own) < index);
    if (twice !== undefined) return this.problem(at, `Catalog '${name}' has two write_integrations named '${twice}'`);
    const active = entry["active_write_integration"] ?? (list.length === 1 ? names[0] : null);
    const chosen = list[names.indexOf(asText(active))];
    if (chosen === undefined) {
      return this.problem(
        at,
        `Catalog '${name}' needs an active_write_integration from its write_integrations: ${names.join(", ") || "there are none"}`,
      );
    }
    const where = [...at, "write_integrations", list.indexOf(chosen)];
    this.checkKeys(chosen, INTEGRATION_KEYS, `write integration '${asText(active)}'`, where);
    // Which types there are is each adapter's own matter: one that is of no use here is left alone.
    if (typeof chosen["catalog_type"] !== "string")
      return this.problem(where, `The write integration '${asText(active)}' has no catalog_type`);
    const type = chosen["catalog_type"].toLowerCase();
    // This form knows no engines: a mapping among the properties is one engine's, the rest is everybody's.
    const shared: JsonObject = { catalog_name: chosen["catalog_name"] ?? null };
    const config: Record<string, JsonObject> = {};
    for (const [key, value] of Object.entries(
      isRecord(chosen["adapter_properties"]) ? chosen["adapter_properties"] : {},
    ))
      if (isRecord(value)) config[key] = value;
      else shared[key] = value;
    return {
      name,
      type,
      tableFormat: asText(chosen["table_format"] ?? "iceberg"),
      shared,
      config,
      integration: chosen,
    };
  }

  private type(written: Json | undefined, what: string, at: KeyPath): string | null {
    const type = typeof written === "string" ? written.toLowerCase() : "";
    if (TYPES.includes(type)) return type;
    const hint = didYouMean(type, TYPES) ?? `Types: ${TYPES.join(", ")}.`;
    return this.problem(at, `The ${what} has ${type === "" ? "no type" : `an unknown type '${type}'`}`, hint);
  }

  private checkKeys(entry: JsonObject, known: readonly string[], what: string, at: KeyPath): void {
    for (const key of Object.keys(entry))
      if (!known.includes(key))
        this.problem(
          [...at, key],
          `The ${what} has an unknown key '${key}'`,
          didYouMean(key, known) ?? `Keys: ${known.join(", ")}.`,
        );
  }

  private problem(at: KeyPath, message: string, hint: string | null = null): null {
    const place = this.yaml.placeOf(at);
    this.problems.push(
      diagnostic("DH1032", message, { file: this.path, line: place?.line ?? 1, column: place?.column ?? 1 }, hint),
    );
    return null;
  }
}
