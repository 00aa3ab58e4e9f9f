import { deprecated, duplicateKey } from "../contracts/deprecations.ts";
import { fail, type Diagnostic } from "../contracts/diagnostic.ts";
import { isRecord } from "../shared/objects.ts";
import type { YamlFile } from "../shared/yaml-file.ts";

const RENAMED = [
  ["ConfigSourcePathDeprecation", "source-paths", "model-paths"],
  ["ConfigDataPathDeprecation", "data-paths", "seed-paths"],
] as const;

/** The value is what they are without the key: naming it is no news. */
const MOVED = [
  ["ConfigLogPathDeprecation", "log-path", "logs", "DBT_LOG_PATH"],
  ["ConfigTargetPathDeprecation", "target-path", "target", "DBT_TARGET_PATH"],
] as const;

/**
 * What a package's dbt_project.yml does that is deprecated. An older name beside its newer one is an error, as in dbt:
 * DiagnosticError DH1004.
 */
export function projectDeprecations(
  file: Readonly<Record<string, unknown>>,
  path: string,
  yaml: YamlFile,
): Diagnostic[] {
  const placeOf = (key: string): { file: string; line: number | null; column: number | null } => {
    const { line = null, column = null } = yaml.placeOf([key]) ?? {};
    return { file: path, line, column };
  };
  if (saysSomething(file["tests"]) && saysSomething(file["data_tests"]))
    fail("DH1004", "both `tests` and `data_tests` are given", placeOf("tests"), "Put all below `data_tests:`.");
  const found = yaml.duplicates().map((key) => duplicateKey(key, path));
  for (const [name, older, newer] of RENAMED) {
    if (!(older in file)) continue;
    const hint = `Write \`${newer}:\`.`;
    if (newer in file) fail("DH1004", `${older} and ${newer} cannot both be defined`, placeOf(older), hint);
    found.push(deprecated(name, `\`${older}\` is the older name of \`${newer}\``, placeOf(older), hint));
  }
  for (const [name, key, standard, variable] of MOVED) {
    if (!(key in file) || file[key] === standard) continue;
    const hint = `Remove it, and give --${key} or ${variable} instead.`;
    found.push(deprecated(name, `\`${key}\` does not belong in the project's file any more`, placeOf(key), hint));
  }
  return found;
}

function saysSomething(tree: unknown): boolean {
  return isRecord(tree) && Object.keys(tree).length > 0;
}
