import { byLabel, isListed, type Project, type Resource } from "./project.ts";

/** A folder of the navigation: packages and folders, databases and schemas, groups. */
export interface Branch {
  readonly label: string;
  readonly branches: readonly Branch[];
  readonly leaves: readonly Leaf[];
}

export interface Leaf {
  readonly label: string;
  readonly resource: Resource;
}

interface Growing {
  readonly branches: Map<string, Growing>;
  readonly leaves: Leaf[];
}

/** Tests belong to what they test, and have their links there. */
const NOT_IN_TREES = new Set(["test", "unit_test", "group", "operation"]);
const OWN_SECTION: Readonly<Record<string, string>> = {
  source: "Sources",
  exposure: "Exposures",
  metric: "Metrics",
  semantic_model: "Semantic models",
  saved_query: "Saved queries",
};

/** Sources, exposures and the like first, then packages with their folders; the project's own package before the others. */
export function projectTree(project: Project): Branch {
  const root = newBranch();
  for (const resource of inTrees(project)) {
    const { type, entry } = resource;
    const section = OWN_SECTION[type];
    if (type === "source") put(root, ["Sources", entry.source_name ?? ""], { label: entry.name, resource });
    else if (section !== undefined) put(root, [section], { label: resource.label, resource });
    else put(root, [`/${entry.package_name}`, ...foldersOf(resource)], { label: resource.label, resource });
  }
  return grown("", root, (a, b) => rank(a, project.name) - rank(b, project.name));
}

function rank(label: string, projectName: string): number {
  const section = Object.values(OWN_SECTION).indexOf(label);
  return section >= 0 ? section : label === `/${projectName}` ? 100 : 101;
}

/** `models/staging/orders.sql` → models, staging. */
function foldersOf({ entry }: Resource): string[] {
  return (entry.original_file_path ?? "").split(/[\\/]/).slice(0, -1);
}

/** Everything that has a relation, where it lies. */
export function databaseTree(project: Project): Branch {
  const root = newBranch();
  for (const resource of inTrees(project)) {
    const { entry, table } = resource;
    const isRelation = table !== null || (entry.relation_name ?? null) !== null;
    if (!isRelation || resource.type === "macro") continue;
    const database = table?.metadata.database ?? entry.database ?? "";
    const schema = table?.metadata.schema ?? entry.schema ?? "";
    const label = table?.metadata.name ?? entry.identifier ?? entry.alias ?? entry.name;
    put(root, [database, schema], { label, resource });
  }
  return grown("", root);
}

export const NO_GROUP = "Without a group";

export function groupTree(project: Project): Branch {
  const root = newBranch();
  for (const resource of project.resources.values()) if (resource.type === "group") branchOf(root, resource.label);
  for (const resource of inTrees(project)) {
    if (resource.type === "macro" || resource.type === "source") continue;
    put(root, [groupOf(resource) ?? NO_GROUP], { label: resource.label, resource });
  }
  return grown("", root, (a, b) => Number(a === NO_GROUP) - Number(b === NO_GROUP));
}

export function groupOf({ entry }: Resource): string | null {
  const configured = entry.config?.["group"];
  return entry.group ?? (typeof configured === "string" ? configured : null);
}

function inTrees({ resources }: Project): Resource[] {
  return [...resources.values()]
    .filter((resource) => !NOT_IN_TREES.has(resource.type) && isListed(resource))
    .sort(byLabel);
}

function newBranch(): Growing {
  return { branches: new Map(), leaves: [] };
}

function branchOf(parent: Growing, label: string): Growing {
  let branch = parent.branches.get(label);
  if (branch === undefined) parent.branches.set(label, (branch = newBranch()));
  return branch;
}

function put(root: Growing, path: readonly string[], leaf: Leaf): void {
  path.reduce(branchOf, root).leaves.push(leaf);
}

function grown(
  label: string,
  { branches, leaves }: Growing,
  first: (a: string, b: string) => number = () => 0,
): Branch {
  const below = [...branches].sort(([a], [b]) => first(a, b) || a.localeCompare(b, "en", { numeric: true }));
  return { label, branches: below.map(([name, branch]) => grown(name, branch)), leaves };
}

/** Labels of the branches above a resource; null: it is not in the tree. */
export function pathTo(tree: Branch, id: string): string[] | null {
  if (tree.leaves.some(({ resource }) => resource.id === id)) return [];
  for (const branch of tree.branches) {
    const below = pathTo(branch, id);
    if (below !== null) return [branch.label, ...below];
  }
  return null;
}

export function size({ branches, leaves }: Branch): number {
  return branches.reduce((sum, branch) => sum + size(branch), leaves.length);
}
