import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { BuildKind } from "../contracts/history.ts";
import type { NodeConfig } from "../contracts/manifest.ts";
import type { QueryShape } from "../contracts/query-shape.ts";
import type { InputFacts, RouterSettings } from "../contracts/routing.ts";

/** A model, seed or snapshot that something builds. */
export interface BuiltNode {
  readonly id: string;
  readonly name: string;
  readonly schema: string;
  readonly path: string;
  readonly file: string;
  readonly materialized: string;
  readonly config: NodeConfig;
  readonly wantsCatalog: boolean;
  /** What it reads: sources and built nodes, ephemeral models looked through. Those before it in the order come first. */
  readonly parents: readonly string[];
  readonly settings: RouterSettings;
  readonly shape: QueryShape | null;
  /** Why an engine cannot run it, by engine, as far as that is not for its inputs. */
  readonly impossible: Readonly<Record<string, string>>;
  readonly safeOnly: { readonly engine: string; readonly reason: string } | null;
  readonly hazards: readonly Diagnostic[];
  /** The engine whose SQL its text is, if it is translated for the others; null: it is not. */
  readonly translatesFrom: string | null;
  /** What is known of its own rows: it was built before, or is a file. */
  readonly measured: { readonly rows: number | null; readonly bytes: number | null } | null;
  /** Of its text. */
  readonly checksum: string;
  readonly build: BuildKind;
  /** Does this command build it? */
  readonly isBuiltNow: boolean;
  /** Where it is, if it is not built; null: it is built, or nowhere. */
  readonly standing: StandingNode | null;
}

export interface StandingNode {
  readonly engine: string;
  /** The entry of catalogs.yml that it is in. */
  readonly catalog: string | null;
  readonly isView: boolean;
}

/** A table that nobody here builds. */
export interface SourceFacts extends InputFacts {
  /** Engines that read it where it is, without anything being moved. */
  readonly readableBy: readonly string[];
}
