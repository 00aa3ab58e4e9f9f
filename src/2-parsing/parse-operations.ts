import type { ManifestNode } from "../contracts/manifest.ts";
import type { PackageConfig, SourceFile } from "../contracts/project.ts";
import { compileTemplate } from "../jinja/template.ts";
import { newNode } from "./new-node.ts";
import { newCapture, parseContext } from "./parse-context.ts";
import { keepCaptured } from "./parse-sql-files.ts";
import { collecting, type ParseState } from "./parse-state.ts";

/** `on-run-start` and `on-run-end` of every package, as operation nodes. */
export function parseOperations(state: ParseState): void {
  for (const config of state.project.packages) {
    config.onRunStart.forEach((sql, index) => addHook(state, config, "on-run-start", sql, index));
    config.onRunEnd.forEach((sql, index) => addHook(state, config, "on-run-end", sql, index));
  }
}

function addHook(
  state: ParseState,
  config: PackageConfig,
  kind: "on-run-start" | "on-run-end",
  sql: string,
  index: number,
): void {
  const name = `${config.name}-${kind}-${String(index)}`;
  const file: SourceFile = {
    kind: "property",
    packageName: config.name,
    path: `${config.root}/dbt_project.yml`,
    originalPath: "./dbt_project.yml",
    relativePath: "dbt_project.yml",
    searchPath: ".",
    text: sql,
    checksum: { name: "none", checksum: "" },
  };
  const node: ManifestNode = newNode({
    state,
    file,
    resourceType: "operation",
    name,
    uniqueId: `operation.${config.name}.${name}`,
    fqn: [config.name, "hooks", name],
    path: `hooks/${name}.sql`,
    code: sql,
  });
  node.index = index;
  node.tags = [kind];
  collecting(state, `operation ${name}`, file.originalPath, () => {
    const captured = newCapture();
    node.config = state.configs.build({
      resourceType: "operation",
      packageName: config.name,
      fqn: node.fqn,
      properties: {},
      inFile: {},
    });
    if (sql.includes("{"))
      compileTemplate(sql, { path: file.originalPath }).render(parseContext(state.env, node, captured));
    keepCaptured(node, captured);
    state.manifest.nodes[node.unique_id] = node;
  });
}
