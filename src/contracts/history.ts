/** A build of a node, as far as it tells what the next one will take. JSON keeps these keys. */
export interface NodeSample {
  readonly target: string;
  /** unique_id; `transfer.<unique_id>` for a copy between engines. */
  readonly node: string;
  readonly engine: string;
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** `exhausted`: the engine ran out of memory or space; `taken over`: where another one's could not, in the time of both. */
  readonly status: "success" | "exhausted" | "taken over";
  readonly seconds: number;
  /** The entry of catalogs.yml that the table is in; null: the engine's own database. */
  readonly catalog: string | null;
  /** Null: not known. */
  readonly input_rows: number | null;
  readonly rows: number | null;
  /** Of the node's text: times of another text say little. */
  readonly checksum: string;
  /** `increment`: rows were added to what was there. */
  readonly build: BuildKind;
}

export type BuildKind = "full" | "increment";
