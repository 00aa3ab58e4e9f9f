import type { Place } from "./diagnostic.ts";
import type { JsonObject } from "./json.ts";

/** One entry of `packages:`, rendered. */
export type PackageSpec = LocalSpec | GitSpec | TarballSpec | HubSpec;

interface Entry {
  /** As written, for the lock file: secrets stay calls of env_var there. */
  readonly unrendered: JsonObject;
  readonly place: Place;
}

interface LocalSpec extends Entry {
  readonly kind: "local";
  readonly local: string;
}

export interface GitSpec extends Entry {
  readonly kind: "git";
  readonly git: string;
  readonly revision: string | null;
  readonly warnUnpinned: boolean;
  readonly subdirectory: string | null;
}

export interface TarballSpec extends Entry {
  readonly kind: "tarball";
  readonly tarball: string;
  readonly name: string;
}

export interface HubSpec extends Entry {
  readonly kind: "hub";
  readonly package: string;
  readonly versions: readonly string[];
  readonly installPrerelease: boolean;
}

/** What is to be installed: exactly one version. Lock files of older versions of dbt do not have the name of the project. */
export type PinnedPackage =
  | { readonly kind: "local"; readonly local: string; readonly name: string | null }
  | (GitSpec & { readonly revision: string; readonly name: string | null })
  | TarballSpec
  | { readonly kind: "hub"; readonly package: string; readonly version: string; readonly name: string | null };
