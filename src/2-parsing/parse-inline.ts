import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { SourceFile } from "../contracts/project.ts";
import { lookupMember } from "../context/node-context.ts";
import type { MacroRegistry } from "../context/macro-registry.ts";
import { compileTemplate } from "../jinja/template.ts";
import { newNode } from "./new-node.ts";
import { ConfigBuilder } from "./node-config.ts";
import { newCapture, parseContext, parseEnvironment } from "./parse-context.ts";
import type { ParseOptions } from "./parse-project.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import { keepCaptured } from "./parse-sql-files.ts";
import { PropertyIndex } from "./property-index.ts";
import { RelationNames } from "./relation-names.ts";
import { resolveNode } from "./resolve-references.ts";

/** A query given on the command line, as a node that may ref the project's models. */
export function parseInlineQuery(
  options: ParseOptions,
  manifest: Manifest,
  registry: MacroRegistry,
  sql: string,
): { node: ManifestNode; diagnostics: readonly Diagnostic[] } {
  const { project, facts, invocation, engineMethods } = options;
  const diagnostics: Diagnostic[] = [];
  const env = parseEnvironment(facts, invocation, registry, engineMethods, diagnostics);
  const state: ParseState = {
    project,
    env,
    configs: new ConfigBuilder(project),
    names: new RelationNames(env, (node) => parseContext(env, node, newCapture())),
    properties: new PropertyIndex([]),
    manifest,
    diagnostics,
    broken: new Set(),
    propertyContext: () => ({ lookup: (name) => lookupMember(env.shared, name) }),
    createdAt: invocation.startedAt.getTime() / 1000,
  };
  const node = newNode({
    state,
    file: inlineFile(facts.projectName, sql),
    resourceType: "sql_operation",
    name: "inline_query",
    uniqueId: `sql_operation.${facts.projectName}.inline_query`,
    fqn: [facts.projectName, "sql", "inline_query"],
    path: "sql/inline_query",
    code: sql,
  });
  collecting(state, "inline query", "inline_query", () => {
    const captured = newCapture();
    node.config = state.configs.build({
      resourceType: "sql_operation",
      packageName: facts.projectName,
      fqn: node.fqn,
      properties: {},
      inFile: captured.config,
    });
    compileTemplate(sql, { path: "inline_query" }).render(parseContext(env, node, captured));
    keepCaptured(node, captured);
    resolveNode(state, node);
  });
  return { node, diagnostics: state.diagnostics };
}

function inlineFile(packageName: string, text: string): SourceFile {
  return {
    kind: "analysis",
    packageName,
    path: "inline_query",
    originalPath: "inline_query",
    relativePath: "inline_query",
    searchPath: "",
    text,
    checksum: { name: "none", checksum: "" },
  };
}
