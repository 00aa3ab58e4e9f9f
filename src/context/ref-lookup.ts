import type { Manifest, ManifestNode, RefArgs, SourceNode } from "../contracts/manifest.ts";

const REFABLE = new Set(["model", "seed", "snapshot"]);

export type Found<T> = { readonly node: T } | { readonly disabled: true } | null;

/**
 * Finds what `ref()`, `source()` and `function()` mean. Order of packages: the named one; else the root project's,
 * the caller's, then any. With `require_ref_searches_node_package_before_root` the caller's goes before the root project's.
 */
export class RefLookup {
  private readonly manifest: Manifest;
  private readonly rootName: string;
  private readonly ownFirst: boolean;
  private readonly byName = new Map<string, ManifestNode[]>();
  private readonly sourcesByName = new Map<string, SourceNode[]>();

  constructor(manifest: Manifest, rootName: string, flags: Readonly<Record<string, unknown>>) {
    this.manifest = manifest;
    this.rootName = rootName;
    this.ownFirst = flags["require_ref_searches_node_package_before_root"] === true;
    for (const node of Object.values(manifest.nodes)) {
      if (!REFABLE.has(node.resource_type)) continue;
      push(this.byName, node.name, node);
      if (node.version !== null && node.version !== undefined)
        push(this.byName, `${node.name}.v${String(node.version)}`, node);
    }
    for (const source of Object.values(manifest.sources))
      push(this.sourcesByName, `${source.source_name}.${source.name}`, source);
  }

  ref({ name, package: packageName, version }: RefArgs, fromPackage: string): Found<ManifestNode> {
    const candidates = this.byName.get(name) ?? [];
    for (const wanted of this.packageOrder(packageName, fromPackage)) {
      const found = candidates.find(
        (node) => (wanted === null || node.package_name === wanted) && versionFits(node, version),
      );
      if (found !== undefined) return { node: found };
    }
    return this.isDisabled(name, packageName) ? { disabled: true } : null;
  }

  source(sourceName: string, tableName: string, fromPackage: string): Found<SourceNode> {
    const candidates = this.sourcesByName.get(`${sourceName}.${tableName}`) ?? [];
    for (const wanted of this.packageOrder(null, fromPackage)) {
      const found = candidates.find((source) => wanted === null || source.package_name === wanted);
      if (found !== undefined) return { node: found };
    }
    const disabled = Object.values(this.manifest.disabled).some((list) =>
      list.some(
        (node) =>
          node.resource_type === "source" && node.name === tableName && (node as SourceNode).source_name === sourceName,
      ),
    );
    return disabled ? { disabled: true } : null;
  }

  /** args: [name] or [package, name]. */
  function(args: readonly string[], fromPackage: string): Found<ManifestNode> {
    const [name = "", packageName = null] = [...args].reverse();
    const isNamed = (node: { name: string }): boolean => node.name === name;
    const candidates = Object.values(this.manifest.functions).filter(isNamed);
    for (const wanted of this.packageOrder(packageName, fromPackage)) {
      const found = candidates.find((node) => wanted === null || node.package_name === wanted);
      if (found !== undefined) return { node: found };
    }
    const disabled = Object.values(this.manifest.disabled).flat();
    return disabled.some((node) => node.resource_type === "function" && isNamed(node)) ? { disabled: true } : null;
  }

  functionNames(): string[] {
    return Object.values(this.manifest.functions).map((node) => node.name);
  }

  refNames(): string[] {
    return [...this.byName.keys()].filter((name) => !/\.v[^.]+$/.test(name));
  }

  sourceNames(): string[] {
    return [...this.sourcesByName.keys()];
  }

  private packageOrder(packageName: string | null, fromPackage: string): (string | null)[] {
    if (packageName !== null) return [packageName];
    return this.ownFirst ? [fromPackage, this.rootName, null] : [this.rootName, fromPackage, null];
  }

  private isDisabled(name: string, packageName: string | null): boolean {
    return Object.values(this.manifest.disabled).some((list) =>
      list.some(
        (node) =>
          REFABLE.has(node.resource_type) &&
          node.name === name &&
          (packageName === null || node.package_name === packageName),
      ),
    );
  }
}

/** Without a version, a versioned model means its latest one. */
function versionFits(node: ManifestNode, version: string | number | null): boolean {
  const own = node.version ?? null;
  if (version !== null) return own !== null && String(own) === String(version);
  return own === null || String(own) === String(node.latest_version ?? own);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
