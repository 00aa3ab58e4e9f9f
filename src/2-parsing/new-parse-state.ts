import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { Manifest } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import type { Project, SourceFile } from "../contracts/project.ts";
import type { EngineMethods } from "../context/adapter-backend.ts";
import type { MacroRegistry } from "../context/macro-registry.ts";
import { lookupMember } from "../context/node-context.ts";
import { varFunction } from "../context/vars.ts";
import type { RenderContext } from "../jinja/template.ts";
import type { OtherReading } from "./borrow-reading.ts";
import { ConfigBuilder } from "./node-config.ts";
import { newCapture, parseContext, parseEnvironment, type ParseEnvironment } from "./parse-context.ts";
import type { ParseState } from "./parse-state.ts";
import { readPropertyFiles } from "./property-files.ts";
import { PropertyIndex } from "./property-index.ts";
import { RelationNames } from "./relation-names.ts";

export interface ParseOptions {
  readonly project: Project;
  readonly facts: ProjectFacts;
  readonly invocation: Invocation;
  readonly engineMethods: EngineMethods;
  /** What fails for this engine may be read by another one of the target. */
  readonly elsewhere?: OtherReading | null;
}

/** What parsing into `manifest` starts from: the property files are read, and nothing of them is used yet. */
export function newParseState(
  { project, facts, invocation, engineMethods, elsewhere = null }: ParseOptions,
  manifest: Manifest,
  registry: MacroRegistry,
  propertyFiles: readonly SourceFile[],
): ParseState {
  const diagnostics: Diagnostic[] = [];
  const env = parseEnvironment(facts, invocation, { registry, macros: manifest.macros }, engineMethods, diagnostics);
  const propertyContext = propertyContexts(env);
  const files = readPropertyFiles(propertyFiles, propertyContext);
  diagnostics.push(...files.diagnostics);
  return {
    project,
    env,
    configs: new ConfigBuilder(project),
    names: new RelationNames(env, (node, vars) => parseContext(env, node, newCapture(), vars)),
    properties: new PropertyIndex(files.entries),
    manifest,
    diagnostics,
    broken: new Set(),
    elsewhere,
    propertyContext,
    createdAt: invocation.startedAt.getTime() / 1000,
  };
}

/** The names a package's property files may use: env vars, vars, target and dbt's base functions. */
function propertyContexts(env: ParseEnvironment): (packageName: string) => RenderContext {
  const contexts = new Map<string, RenderContext>();
  return (packageName) => {
    let context = contexts.get(packageName);
    if (context === undefined) {
      const created: RenderContext = {
        lookup: (name) => (name === "var" ? variables : lookupMember(env.shared, name)),
      };
      const variables = varFunction({
        facts: env.facts,
        packageName,
        owner: "<Configuration>",
        missing: "error",
        context: created,
      });
      contexts.set(packageName, created);
      context = created;
    }
    return context;
  };
}
