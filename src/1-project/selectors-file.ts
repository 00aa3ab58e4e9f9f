import { join } from "node:path";
import { DiagnosticError, diagnostic, fail } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import { yamlRenderer } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { readTextIfExists } from "../shared/files.ts";
import { isRecord } from "../shared/objects.ts";
import { parseYaml } from "../shared/yaml-file.ts";

/** selectors.yml as name → its entry ({ name, description?, default?, definition }); {} where there is no file. */
export function readSelectors(root: string, context: RenderContext): JsonObject {
  const path = join(root, "selectors.yml");
  const text = readTextIfExists(path);
  if (text === null) return {};
  const yaml = parseYaml(text);
  if (yaml.problems.length > 0) {
    throw new DiagnosticError(
      yaml.problems.map((problem) =>
        diagnostic("DH1002", `YAML: ${problem.message}`, { file: path, line: problem.line, column: problem.column }),
      ),
    );
  }
  const data = yamlRenderer(path, yaml.placeOf, context).render(yaml.data);
  if (data === null) return {};
  const list = isRecord(data) ? data["selectors"] : null;
  if (!Array.isArray(list))
    fail("DH1030", "selectors.yml needs a list under the key 'selectors'", { file: path, line: 1, column: 1 });
  const selectors: JsonObject = {};
  list.forEach((entry, index) => {
    const place = yaml.placeOf(["selectors", index]);
    if (!isRecord(entry) || typeof entry["name"] !== "string" || entry["definition"] === undefined) {
      fail("DH1031", "A selector needs a name and a definition", {
        file: path,
        line: place?.line ?? null,
        column: place?.column ?? null,
      });
    }
    selectors[entry["name"]] = entry;
  });
  return selectors;
}
