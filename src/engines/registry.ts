import type { EngineMethod, EngineSession, EngineTraits, SqlComment } from "../contracts/engine.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { CatalogEntry, Target, TargetCatalog } from "../contracts/project.ts";
import { readCatalog as readDuckDbCatalog } from "./duckdb/iceberg/catalog-settings.ts";
import { duckDbMethods } from "./duckdb/adapter-methods.ts";
import { readCredentials as readDuckDb } from "./duckdb/credentials.ts";
import { icebergType } from "./duckdb/iceberg/types.ts";
import { duckDbTraits } from "./duckdb/traits.ts";
import { trinoMethods } from "./trino/adapter-methods.ts";
import { readCatalog as readTrinoCatalog } from "./trino/catalog-settings.ts";
import { readCredentials as readTrino } from "./trino/credentials.ts";
import { trinoTraits } from "./trino/traits.ts";

export interface EngineEntry {
  /** Prefixes for adapter.dispatch, the most specific first. */
  readonly adapterTypes: readonly string[];
  /** Built-in packages, the most specific first. */
  readonly packages: readonly string[];
  readonly traits: EngineTraits;
  readonly methods: Readonly<Record<string, EngineMethod>>;
  readCredentials(
    fields: JsonObject,
    projectRoot: string,
  ): { database: string; schema: string; fields: JsonObject } | { problem: string; hint: string | null };
  /** How the engine uses a catalog of catalogs.yml; "own": for tables of the target's own database; null: it does not. */
  readCatalog(
    entry: CatalogEntry,
    target: { readonly database: string },
  ): TargetCatalog | { problem: string; hint: string | null } | "own" | null;
  /** The type under which a table of a shared catalog keeps a column; null: it keeps none such. Absent: the engine converts. */
  catalogType?(type: string): string | null;
  /** `comment`: for what the session itself asks. */
  open(
    target: Pick<Target, "fields" | "catalogs">,
    projectRoot: string,
    comment?: SqlComment | null,
  ): Promise<EngineSession>;
}

/** Every engine a profile's `type` may name. A driver is loaded only when its engine is opened. */
export const ENGINES: Readonly<Record<string, EngineEntry>> = {
  duckdb: {
    adapterTypes: ["duckdb"],
    packages: ["dbt_duckdb", "dbt"],
    traits: duckDbTraits,
    methods: duckDbMethods,
    readCredentials: (fields, root) => {
      const read = readDuckDb(fields, root);
      return "problem" in read
        ? read
        : { database: read.credentials.database, schema: read.credentials.schema, fields: read.fields };
    },
    readCatalog: readDuckDbCatalog,
    catalogType: icebergType,
    open: async ({ fields, catalogs }, root, comment) => {
      const read = readDuckDb(fields, root);
      if ("problem" in read) throw new Error(read.problem);
      const { openDuckDb } = await import("./duckdb/session.ts");
      return openDuckDb(read.credentials, catalogs, comment);
    },
  },
  trino: {
    adapterTypes: ["trino"],
    packages: ["dbt_trino", "dbt"],
    traits: trinoTraits,
    methods: trinoMethods,
    readCredentials: (fields, root) => {
      const read = readTrino(fields, root);
      return "problem" in read
        ? read
        : { database: read.credentials.database, schema: read.credentials.schema, fields: read.fields };
    },
    readCatalog: readTrinoCatalog,
    open: async ({ fields }, root, comment) => {
      const read = readTrino(fields, root);
      if ("problem" in read) throw new Error(read.problem);
      const { openTrino } = await import("./trino/session.ts");
      return openTrino(read.credentials, comment);
    },
  },
};
