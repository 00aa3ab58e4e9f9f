import type { Diagnostic } from "./diagnostic.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Checksum, MacroCall } from "./manifest.ts";
import type { RouterSettings } from "./routing.ts";

/** One dbt package (the root project included): its dbt_project.yml, rendered, with defaults filled in. */
export interface PackageConfig {
  readonly name: string;
  readonly version: string | null;
  /** Absolute folder of the package. */
  readonly root: string;
  readonly profile: string | null;
  readonly modelPaths: readonly string[];
  readonly seedPaths: readonly string[];
  readonly testPaths: readonly string[];
  readonly analysisPaths: readonly string[];
  readonly macroPaths: readonly string[];
  readonly snapshotPaths: readonly string[];
  readonly docsPaths: readonly string[];
  readonly assetPaths: readonly string[];
  readonly functionPaths: readonly string[];
  readonly targetPath: string;
  readonly cleanTargets: readonly string[];
  readonly packagesInstallPath: string;
  readonly quoting: JsonObject;
  readonly requireDbtVersion: readonly string[];
  readonly dispatch: readonly { macroNamespace: string; searchOrder: readonly string[] }[];
  readonly onRunStart: readonly string[];
  readonly onRunEnd: readonly string[];
  readonly vars: JsonObject;
  readonly flags: JsonObject;
  /** As written; undefined: the key is not there. */
  readonly queryComment: Json | undefined;
  readonly restrictAccess: boolean;
  /** The trees under `models:`, `seeds:`, …, with values rendered. */
  readonly resourceConfigs: Readonly<Record<string, JsonObject>>;
  /** The same trees before rendering, for `unrendered_config`. */
  readonly unrenderedConfigs: Readonly<Record<string, JsonObject>>;
  /** True for the packages that come with the program. */
  readonly internal: boolean;
  /** What its dbt_project.yml does that is deprecated. */
  readonly deprecations: readonly Diagnostic[];
}

export type SourceFileKind =
  | "model"
  | "seed"
  | "test"
  | "generic-test"
  | "analysis"
  | "macro"
  | "snapshot"
  | "docs"
  | "property"
  | "fixture"
  | "function";

/** A macro, test or materialization block of a built-in file, found when the program was built. */
export interface IndexedBlock {
  readonly kind: string;
  readonly name: string;
  readonly header: string;
  readonly source: string;
  readonly line: number;
  readonly column: number;
  readonly calls: readonly MacroCall[];
}

export interface SourceFile {
  readonly kind: SourceFileKind;
  readonly packageName: string;
  /** Absolute path. */
  readonly path: string;
  /** Relative to the package's root, with forward slashes: `models/staging/a.sql`. */
  readonly originalPath: string;
  /** Relative to the search path it was found under: `staging/a.sql`. */
  readonly relativePath: string;
  /** The entry of `model-paths` (and so on) it was found under. */
  readonly searchPath: string;
  readonly text: string;
  readonly checksum: Checksum;
  /** For files of built-in packages, instead of their text. */
  readonly blocks?: readonly IndexedBlock[];
}

/** An entry of catalogs.yml; both of dbt's forms are read into this one. Keys keep the names that users write. */
export interface CatalogEntry {
  readonly name: string;
  /** `iceberg_rest`, `glue`, … */
  readonly type: string;
  readonly tableFormat: string;
  /** Settings for every engine. */
  readonly shared: JsonObject;
  /** Settings by engine. */
  readonly config: Readonly<Record<string, JsonObject>>;
  /** The write integration as it stands, in the form that has them. */
  readonly integration?: JsonObject;
}

/** A catalog as the target's engine uses it. */
export interface TargetCatalog {
  readonly name: string;
  readonly type: string;
  readonly tableFormat: string;
  /** What the engine calls it where a name has a database. */
  readonly database: string;
  /** For nodes that name no schema; null: the target's. */
  readonly defaultSchema: string | null;
  readonly settings: JsonObject;
  /** What all engines are told of it. */
  readonly entry: CatalogEntry;
}

/** A profile's chosen output, with defaults; keys keep the names that users write. */
export interface Target {
  readonly profileName: string;
  readonly name: string;
  readonly type: string;
  readonly schema: string;
  readonly database: string;
  readonly threads: number;
  /** Every key of the output, rendered. */
  readonly fields: JsonObject;
  readonly catalogs: readonly TargetCatalog[];
  /** Catalogs that are no place of their own: how tables of the target's own database are made. */
  readonly tableDefaults: readonly CatalogEntry[];
  /** The engines of a target that has several. */
  readonly engines?: readonly string[];
}

/** What the engines of one target share. */
export interface HybridSettings {
  /** Where a node goes when no rule speaks. */
  readonly defaultEngine: string;
  /** The entry of catalogs.yml that rows pass through. */
  readonly catalog: string;
  readonly router: RouterSettings;
  readonly threads: number;
}

export interface Project {
  readonly root: PackageConfig;
  /** Root first, then dependencies, then the built-in packages. */
  readonly packages: readonly PackageConfig[];
  readonly target: Target;
  readonly cliVars: JsonObject;
  /** The files of the project and of its dependencies. */
  readonly files: readonly SourceFile[];
  readonly builtinFiles: () => readonly SourceFile[];
  readonly selectors: JsonObject;
}
