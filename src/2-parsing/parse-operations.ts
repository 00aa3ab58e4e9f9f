import type { ManifestNode } from "../contracts/manifest.ts";
import type { PackageConfig, SourceFile } from "../contracts/project.ts";
import { textChecksum } from "../shared/checksum.ts";
import { readTextIfExists } from "../shared/files.ts";
import { orBorrowed } from "./borrow-reading.ts";
import { applyConfigToNode, newNode } from "./new-node.ts";
import { newCapture } from "./parse-context.ts";
import { addNode, keepCaptured } from "./parse-sql-files.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import { noteUnsteadyText, renderFileless } from "./unsteady-nodes.ts";

/** `on-run-start` and `on-run-end` of every package, as operation nodes. */
export function parseOperations(state: ParseState): void {
  for (const config of state.project.packages) {
    if (config.onRunStart.length + config.onRunEnd.length === 0) continue;
    const file = projectFile(config);
    config.onRunStart.forEach((sql, index) => addHook(state, { config, file, kind: "on-run-start", sql, index }));
    config.onRunEnd.forEach((sql, index) => addHook(state, { config, file, kind: "on-run-end", sql, index }));
  }
}

function projectFile(config: PackageConfig): SourceFile {
  const path = `${config.root}/dbt_project.yml`;
  const text = readTextIfExists(path) ?? "";
  return {
    kind: "property",
    packageName: config.name,
    path,
    originalPath: "./dbt_project.yml",
    relativePath: "dbt_project.yml",
    searchPath: ".",
    text,
    checksum: { name: "sha256", checksum: textChecksum(text) },
  };
}

interface Hook {
  readonly config: PackageConfig;
  readonly file: SourceFile;
  readonly kind: "on-run-start" | "on-run-end";
  readonly sql: string;
  readonly index: number;
}

function addHook(state: ParseState, { config, file, kind, sql, index }: Hook): void {
  const name = `${config.name}-${kind}-${String(index)}`;
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
    const request = {
      resourceType: "operation" as const,
      packageName: config.name,
      fqn: node.fqn,
      properties: {},
      inFile: {},
    };
    node.config = state.configs.build(request);
    applyConfigToNode(node, state.configs.buildUnrendered(request));
    state.names.assign(node, false);
    const render = (): void => orBorrowed(state, node, captured, () => renderFileless(state.env, node, captured));
    const isUnsteady = state.env.inputs.isUnsteady(render);
    keepCaptured(node, captured);
    if (isUnsteady) noteUnsteadyText(state.env, node);
    addNode(state, node);
  });
}
