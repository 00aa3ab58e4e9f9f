import type { EngineTraits } from "../../contracts/engine.ts";

/** DuckDB's words, as dbt-duckdb has them. */
export const duckDbTraits: EngineTraits = {
  types: {
    columnClass: "DuckDBColumn",
    texts: ["text", "character varying", "character", "varchar"],
    floats: ["real", "float", "float4", "float8", "double"],
    integers: [
      ...["tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint"],
      ...["int1", "int2", "int4", "int8", "int", "short", "long", "signed", "integral"],
    ],
    decimals: ["numeric", "decimal"],
    labels: { STRING: "TEXT" },
    sizedText: "character varying",
    unsizedText: null,
    parameterised: null,
    seed: {
      text: "text",
      fraction: "float8",
      integer: "integer",
      bigint: "bigint",
      boolean: "boolean",
      timestamp: "timestamp without time zone",
      date: "date",
    },
  },
  conflictCodes: ["TransactionContext Error"],
  fallbackCodes: ["Not implemented Error"],
  exhaustedCodes: ["Out of Memory Error"],
  rejectionCodes: ["Parser Error", "Binder Error", "Catalog Error"],
  foreignCodes: ["Parser Error"],
  incrementalStrategies: ["append", "delete+insert", "merge", "microbatch"],
  defaultStrategy: "delete+insert",
  catalogs: {
    // DuckDB makes no Iceberg views; a view of the database file reads the catalog's tables all the same.
    notInCatalog: ["ephemeral", "view", "materialized_view", "external", "table_function"],
    ownFormats: [],
    unnamedSchema: "main",
  },
  constraints: ["check", "not_null", "unique", "primary_key", "foreign_key"],
  readsFiles: true,
  percentSign: " percent",
  lastModifiedOf: "Iceberg tables",
  lastModifiedInCatalogs: true,
};
