import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import type { TargetCatalog } from "../contracts/project.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asText } from "../shared/objects.ts";

/**
 * Which catalog of catalogs.yml a node is stored in: the one that `catalog_name` names, else the only one of its
 * `table_format`. Null: the target's own database.
 */
export class NodeCatalogs {
  readonly problems: Diagnostic[] = [];
  private readonly facts: ProjectFacts;

  constructor(facts: ProjectFacts) {
    this.facts = facts;
  }

  of(node: ManifestNode): TargetCatalog | null {
    const { catalogs, tableDefaults } = this.facts.target;
    const { notInCatalog, ownFormats } = this.facts.traits.catalogs;
    if (catalogs.length + tableDefaults.length === 0 || node.config.enabled === false) return null;
    if (!["model", "seed", "snapshot"].includes(node.resource_type)) return null;
    if (notInCatalog.includes(asText(node.config["materialized"]))) return null;
    const name = node.config["catalog_name"];
    if (typeof name === "string") return this.named(name, node);
    const format = node.config["table_format"];
    if (typeof format !== "string" || ownFormats.includes(format.toLowerCase())) return null;
    const fitting = catalogs.filter((catalog) => catalog.tableFormat.toLowerCase() === format.toLowerCase());
    if (fitting.length > 1)
      this.problem(
        node,
        `${node.unique_id} has table_format '${format}', and several catalogs have that format`,
        `Say which one with catalog_name: ${fitting.map((catalog) => catalog.name).join(", ")}.`,
      );
    return fitting.length === 1 ? (fitting[0] ?? null) : null;
  }

  private named(name: string, node: ManifestNode): TargetCatalog | null {
    const { catalogs, tableDefaults } = this.facts.target;
    if (tableDefaults.some((entry) => entry.name === name)) return null;
    const found = catalogs.find((catalog) => catalog.name === name);
    if (found !== undefined) return found;
    const names = [...catalogs, ...tableDefaults].map((catalog) => catalog.name);
    // Other adapters' catalogs are none of ours: the node stays where it was, and somebody should know.
    this.problem(
      node,
      `${node.unique_id} has the catalog_name '${name}', which this target does not have: it is stored in the target's own database`,
      didYouMean(name, names) ?? `Catalogs of the target: ${names.join(", ")}.`,
      "warning",
    );
    return null;
  }

  private problem(node: ManifestNode, message: string, hint: string, severity: Diagnostic["severity"] = "error"): void {
    const place = { file: node.original_file_path, line: 1, column: 1 };
    this.problems.push(diagnostic("DH1311", message, place, hint, severity));
  }
}
