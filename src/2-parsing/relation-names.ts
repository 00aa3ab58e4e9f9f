import type { Json } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { deprecated } from "../contracts/deprecations.ts";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import type { TargetCatalog } from "../contracts/project.ts";
import type { MacroRegistry } from "../context/macro-registry.ts";
import type { NodeContext } from "../context/node-context.ts";
import { toPython } from "../context/convert.ts";
import { nodeRelation, publicNode } from "../context/node-relation.ts";
import { pyStr, type Value } from "../jinja/values.ts";
import { asText } from "../shared/objects.ts";
import { NodeCatalogs } from "./node-catalogs.ts";
import type { ParseEnvironment, ParseVars } from "./parse-context.ts";

type Component = "schema" | "database" | "alias";

/**
 * Gives a node its database, schema and alias as the project's generate_*_name macros say. Where those are dbt's own
 * (nobody overrides them) their answer is worked out here, which saves three macro calls a node.
 */
export class RelationNames {
  private readonly facts: ProjectFacts;
  private readonly registry: MacroRegistry;
  private readonly deprecate: ParseEnvironment["deprecate"];
  private readonly contextFor: (node: ManifestNode, vars: ParseVars) => NodeContext;
  private readonly catalogs: NodeCatalogs;

  constructor(env: ParseEnvironment, contextFor: (node: ManifestNode, vars: ParseVars) => NodeContext) {
    const { facts, registry, deprecate } = env;
    this.facts = facts;
    this.registry = registry;
    this.deprecate = deprecate;
    this.contextFor = contextFor;
    this.catalogs = new NodeCatalogs(facts);
  }

  /** What is wrong with the catalogs that nodes ask for. */
  problems(): readonly Diagnostic[] {
    return this.catalogs.problems;
  }

  assign(node: ManifestNode, storeFailures: boolean): void {
    const catalog = this.catalogs.of(node);
    node.database = this.generate("database", node, catalog);
    node.schema = this.schemaOf(node, catalog);
    node.alias = this.generate("alias", node, null) ?? node.name;
    if (node.resource_type === "snapshot") {
      node.database = text(node.config["target_database"]) ?? node.database;
      node.schema = text(node.config["target_schema"]) ?? node.schema;
    }
    node.relation_name = isRelational(node, storeFailures) ? nodeRelation(node, this.facts).render() : null;
  }

  private schemaOf(node: ManifestNode, catalog: TargetCatalog | null): string {
    const schema = this.generate("schema", node, catalog);
    if (schema === null) {
      const place = { file: node.original_file_path, line: node._line ?? null };
      const message = `the macro generate_schema_name gives '${node.unique_id}' no schema`;
      this.deprecate(
        deprecated("GenerateSchemaNameNullValueDeprecation", message, place, "Let it return `target.schema`."),
      );
    }
    return schema ?? "";
  }

  private generate(component: Component, node: ManifestNode, catalog: TargetCatalog | null): string | null {
    const custom = node.config[component] ?? inCatalog(component, catalog);
    const macro = this.registry.findGenerateNameMacro(component, node.package_name);
    if (macro === undefined || this.registry.isInternal(macro.source.package_name))
      return this.standard(component, node, custom, catalog);
    // A name cannot wait for what is missing: a var must be there, and is the macro's.
    const { name: owner, package_name: packageName } = macro.source;
    const run = this.contextFor(node, { owner, packageName, missing: "error" }).bind(macro);
    const answer = run([toPython(custom), toPython(publicNode(node))], Object.create(null) as Record<string, Value>);
    return answer === null ? null : pyStr(answer).trim();
  }

  /** dbt's own rules. Source: https://docs.getdbt.com/docs/build/custom-schemas, custom-databases, custom-aliases */
  private standard(
    component: Component,
    node: ManifestNode,
    custom: Json,
    catalog: TargetCatalog | null,
  ): string | null {
    const name = text(custom)?.trim() ?? null;
    const { target, traits } = this.facts;
    if (component === "database") return name ?? target.database;
    if (component === "schema") {
      if (name === null) return target.schema;
      // A prefix that nobody chose has no business in a catalog that others read.
      return catalog !== null && target.schema === traits.catalogs.unnamedSchema ? name : `${target.schema}_${name}`;
    }
    if (name !== null && name !== "") return name;
    return node.version === null || node.version === undefined
      ? node.name
      : `${node.name}_v${String(node.version).replaceAll(".", "_")}`;
  }
}

function text(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : asText(value);
}

function inCatalog(component: Component, catalog: TargetCatalog | null): string | null {
  if (catalog === null || component === "alias") return null;
  return component === "database" ? catalog.database : catalog.defaultSchema;
}

function isRelational(node: ManifestNode, storeFailures: boolean): boolean {
  switch (node.resource_type) {
    case "model":
      return node.config["materialized"] !== "ephemeral";
    case "seed":
    case "snapshot":
      return true;
    case "test":
      return node.config["store_failures"] === true || (storeFailures && node.config["store_failures"] === null);
    default:
      return false;
  }
}
