import lock from "./artifacts.lock.json" with { type: "json" };

/** A file of a Maven repository, with what it must be. */
export interface Artifact {
  readonly use: "trino" | "trino-plugin" | "catalog" | "storage";
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

export interface JavaRuntime {
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
}

/** Everything that `lakehouse up` may download; written by scripts/lock-lakehouse.mjs. */
export const LOCK: {
  readonly trino: string;
  readonly iceberg: string;
  readonly java: Readonly<Partial<Record<string, JavaRuntime>>>;
  readonly artifacts: readonly Artifact[];
} = lock as never;
