import { diagnostic, type Diagnostic, type Place } from "./diagnostic.ts";

/**
 * What dbt calls deprecated and a project for DuckDB or Trino can do: dbt's name of it, by which `warn_error_options` picks
 * it and the summary counts it, and our code. dbt's checks by JSON schema are
 * not among them: it makes those for other adapters alone. Source: the deprecations of dbt-core 1.11 and 1.12.
 */
const DEPRECATION_CODES = {
  PackageRedirectDeprecation: "DH1079",
  PackageInstallPathDeprecation: "DH1901",
  ConfigSourcePathDeprecation: "DH1902",
  ConfigDataPathDeprecation: "DH1903",
  ConfigLogPathDeprecation: "DH1904",
  ConfigTargetPathDeprecation: "DH1905",
  ExposureNameDeprecation: "DH1906",
  EnvironmentVariableRenamed: "DH1907",
  EnvironmentVariableNamespaceDeprecation: "DH1908",
  ProjectFlagsMovedDeprecation: "DH1909",
  WEOIncludeExcludeDeprecation: "DH1910",
  ModelParamUsageDeprecation: "DH1911",
  ResourceNamesWithSpacesDeprecation: "DH1912",
  PackageMaterializationOverrideDeprecation: "DH1913",
  SourceFreshnessProjectHooksNotRun: "DH1914",
  CustomOutputPathInSourceFreshnessDeprecation: "DH1915",
  MFTimespineWithoutYamlConfigurationDeprecation: "DH1916",
  MFCumulativeTypeParamsDeprecation: "DH1917",
  MicrobatchMacroOutsideOfBatchesDeprecation: "DH1918",
  UnexpectedJinjaBlockDeprecation: "DH1919",
  DuplicateYAMLKeysDeprecation: "DH1920",
  PropertyMovedToConfigDeprecation: "DH1921",
  ArgumentsPropertyInGenericTestDeprecation: "DH1922",
  MissingArgumentsPropertyInGenericTestDeprecation: "DH1923",
  ModulesItertoolsUsageDeprecation: "DH1924",
  DuplicateNameDistinctNodeTypesDeprecation: "DH1925",
  GenerateSchemaNameNullValueDeprecation: "DH1926",
  CustomKeyInConfigDeprecation: "DH1927",
} as const;
export type DeprecationName = keyof typeof DEPRECATION_CODES;

/** The names of all of them. */
export const DEPRECATIONS_HERE = Object.keys(DEPRECATION_CODES) as readonly DeprecationName[];

const NAME_OF: ReadonlyMap<string, DeprecationName> = new Map(
  Object.entries(DEPRECATION_CODES).map(([name, code]) => [code, name as DeprecationName]),
);

/** The deprecation that a diagnostic of this code is, if it is one. */
export function deprecationOf(code: string): DeprecationName | undefined {
  return NAME_OF.get(code);
}

/** A warning that something is deprecated; it begins with dbt's name of it, which is what `warn_error_options` takes. */
export function deprecated(
  name: DeprecationName,
  message: string,
  place: Place | null = null,
  hint: string | null = null,
): Diagnostic {
  return diagnostic(DEPRECATION_CODES[name], `${name}: ${message}`, place, hint, "warning");
}

/** A mapping of a YAML file has a key twice: readers differ in which one they take. */
export function duplicateKey(
  at: { readonly key: string; readonly line: number; readonly column: number },
  file: string,
): Diagnostic {
  const place = { file, line: at.line, column: at.column };
  const message = `the key '${at.key}' stands in its mapping more than once; the last one counts`;
  return deprecated("DuplicateYAMLKeysDeprecation", message, place, "Keep one of them.");
}
