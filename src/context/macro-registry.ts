import type { MacroSource } from "../contracts/manifest.ts";
import { compileMacro, type MacroTemplate } from "../jinja/macro.ts";

/** A macro and, once called, its compiled template. */
export class MacroEntry {
  readonly source: MacroSource;
  private compiled: MacroTemplate | null = null;

  constructor(source: MacroSource) {
    this.source = source;
  }

  /** Where the macro is written, as error messages show it: macros of packages carry the package's name. */
  template(displayPath: string): MacroTemplate {
    const { macro_sql, _line, _column } = this.source;
    // The place is that of the tag; what stands before it is white space.
    this.compiled ??= compileMacro(macro_sql.trimStart(), { path: displayPath, line: _line, column: _column });
    return this.compiled;
  }
}

interface RegistryOptions {
  readonly rootPackage: string;
  /** The packages that come with the program, the most specific (the adapter's) first, `dbt` last. */
  readonly internalPackages: readonly string[];
}

/**
 * Materializations that are an engine's own here and dbt's general ones there: a project's or package's general one goes
 * before them all the same.
 */
const STANDARD_HERE = new Set([
  "materialization_view_duckdb",
  "materialization_unit_duckdb",
  "materialization_seed_trino",
]);

/** The package whose namespace, `dbt.x`, holds the macros of all built-in packages. */
export const GLOBAL_PACKAGE = "dbt";

/**
 * All macros of a project and its packages, found as dbt finds them: the node's own package, then the root project,
 * then the built-in packages (the adapter's before dbt's).
 */
export class MacroRegistry {
  readonly rootPackage: string;
  readonly internalPackages: readonly string[];
  private readonly macros: () => Iterable<MacroSource>;
  private packages: Map<string, Map<string, MacroEntry>> | null = null;
  private builtIn: Map<string, MacroEntry> | null = null;
  private readonly flattened = new Map<string, Map<string, MacroEntry>>();

  /** `macros` is called when the first of them is looked for. */
  constructor(macros: () => Iterable<MacroSource>, options: RegistryOptions) {
    this.rootPackage = options.rootPackage;
    this.internalPackages = options.internalPackages;
    this.macros = macros;
  }

  private get byPackage(): Map<string, Map<string, MacroEntry>> {
    return (this.packages ??= byPackage(this.macros()));
  }

  private get internal(): Map<string, MacroEntry> {
    const names = [...this.internalPackages].reverse();
    return (this.builtIn ??= new Map(names.flatMap((name) => [...(this.byPackage.get(name) ?? [])])));
  }

  isInternal(packageName: string): boolean {
    return this.internalPackages.includes(packageName);
  }

  hasPackage(name: string): boolean {
    return name === GLOBAL_PACKAGE || this.byPackage.has(name);
  }

  /** The macro that plain `name` means in a file of `packageName`. */
  find(name: string, packageName: string): MacroEntry | undefined {
    return this.scope(packageName).get(name);
  }

  private scope(packageName: string): Map<string, MacroEntry> {
    let scope = this.flattened.get(packageName);
    if (scope === undefined) {
      const own = this.isInternal(packageName) ? undefined : this.byPackage.get(packageName);
      scope = new Map([...this.internal, ...(this.byPackage.get(this.rootPackage) ?? []), ...(own ?? [])]);
      this.flattened.set(packageName, scope);
    }
    return scope;
  }

  /** The macro `packageName.name`; `dbt` stands for all built-in packages. */
  findInPackage(packageName: string, name: string): MacroEntry | undefined {
    return packageName === GLOBAL_PACKAGE ? this.internal.get(name) : this.byPackage.get(packageName)?.get(name);
  }

  /** The macro that `run-operation name` calls: the root project's, else any package's, the last one's first, else a built-in one. */
  findAnywhere(name: string): MacroEntry | undefined {
    const own = this.byPackage.get(this.rootPackage)?.get(name);
    const imported = [...this.byPackage].flatMap(([owner, macros]) =>
      this.isInternal(owner) ? [] : (macros.get(name) ?? []),
    );
    return own ?? imported.at(-1) ?? this.internal.get(name);
  }

  /**
   * `generate_<component>_name`: the root project's, else that of the node's package (when given), else the built-in one.
   * Source: https://docs.getdbt.com/docs/build/custom-schemas
   */
  findGenerateNameMacro(
    component: "schema" | "database" | "alias",
    packageName: string | null,
  ): MacroEntry | undefined {
    const name = `generate_${component}_name`;
    const own =
      packageName === null || packageName === this.rootPackage ? undefined : this.byPackage.get(packageName)?.get(name);
    return this.byPackage.get(this.rootPackage)?.get(name) ?? own ?? this.internal.get(name);
  }

  /**
   * The materialization for a node: for each adapter type from specific to `default`, the root project's before
   * packages' before built-in ones. Packages replace a built-in one only where `packagesReplace`.
   */
  findMaterialization(
    materialization: string,
    adapterTypes: readonly string[],
    packagesReplace = false,
  ): MacroEntry | undefined {
    const imported = [...this.byPackage.keys()].filter((name) => name !== this.rootPackage && !this.isInternal(name));
    const levels = [...adapterTypes, "default"].map((type) => `materialization_${materialization}_${type}`);
    const ours = levels.filter((name) => STANDARD_HERE.has(name));
    const core = levels.map((name) => {
      if (STANDARD_HERE.has(name)) return undefined;
      const isStandard = name.endsWith("_default");
      return (isStandard ? [...ours, name] : [name])
        .map((one) => this.internal.get(one))
        .find((one) => one !== undefined);
    });
    const isBuiltIn = core.some((entry) => entry !== undefined);
    for (const [level, name] of levels.entries()) {
      const packages = isBuiltIn && !packagesReplace ? [this.rootPackage] : [this.rootPackage, ...imported];
      const own = packages.map((owner) => this.byPackage.get(owner)?.get(name)).find((entry) => entry !== undefined);
      const found = own ?? core[level];
      if (found !== undefined) return found;
    }
    return undefined;
  }

  packageNames(): string[] {
    return [...this.byPackage.keys()];
  }

  namesIn(packageName: string): string[] {
    return [
      ...(packageName === GLOBAL_PACKAGE
        ? this.internal
        : (this.byPackage.get(packageName) ?? new Map<string, MacroEntry>())
      ).keys(),
    ];
  }

  all(): MacroEntry[] {
    return [...this.byPackage.values()].flatMap((own) => [...own.values()]);
  }
}

function byPackage(macros: Iterable<MacroSource>): Map<string, Map<string, MacroEntry>> {
  const packages = new Map<string, Map<string, MacroEntry>>();
  for (const macro of macros) {
    const own = packages.get(macro.package_name) ?? new Map<string, MacroEntry>();
    packages.set(macro.package_name, own.set(macro.name, new MacroEntry(macro)));
  }
  return packages;
}
