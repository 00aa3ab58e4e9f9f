import type { EngineTraits } from "../../contracts/engine.ts";

/** The code of a statement that never reached the server. */
export const NOT_ACCEPTED = "NOT_ACCEPTED";

/** Trino's words, as dbt-trino has them. */
export const trinoTraits: EngineTraits = {
  types: {
    columnClass: "TrinoColumn",
    texts: ["varchar", "char"],
    floats: ["real", "double precision", "double"],
    integers: ["tinyint", "smallint", "integer", "int", "bigint"],
    decimals: ["decimal"],
    labels: { STRING: "VARCHAR", FLOAT: "DOUBLE" },
    sizedText: "varchar",
    // The longest varchar that has a length: io.trino.spi.type.VarcharType.MAX_LENGTH
    unsizedText: { type: "varchar", size: 2_147_483_646 },
    parameterised: ["varchar", "char", "decimal"],
    seed: {
      text: "VARCHAR",
      fraction: "DOUBLE",
      integer: "INTEGER",
      bigint: "BIGINT",
      boolean: "BOOLEAN",
      timestamp: "TIMESTAMP",
      date: "DATE",
    },
  },
  incrementalStrategies: ["append", "merge", "delete+insert", "insert_overwrite", "microbatch"],
  defaultStrategy: "append",
  catalogs: { notInCatalog: ["ephemeral"], ownFormats: ["iceberg"], unnamedSchema: null },
  constraints: ["not_null"],
  readsFiles: false,
  percentSign: "",
  timestampPrefix: "TIMESTAMP ",
  // Source: io.trino.spi.StandardErrorCode. Limits of time, of CPU and of what may be read are somebody's wish.
  fallbackCodes: [
    ...[NOT_ACCEPTED, "NO_NODES_AVAILABLE", "NOT_SUPPORTED", "GENERIC_INSUFFICIENT_RESOURCES", "QUERY_QUEUE_FULL"],
  ],
  exhaustedCodes: [
    ...["EXCEEDED_GLOBAL_MEMORY_LIMIT", "EXCEEDED_LOCAL_MEMORY_LIMIT", "CLUSTER_OUT_OF_MEMORY", "EXCEEDED_SPILL_LIMIT"],
  ],
  rejectionCodes: [
    ...["SYNTAX_ERROR", "FUNCTION_NOT_FOUND", "TYPE_MISMATCH", "TYPE_NOT_FOUND", "COLUMN_NOT_FOUND"],
    ...[
      "INVALID_FUNCTION_ARGUMENT",
      "EXPRESSION_NOT_AGGREGATE",
      "AMBIGUOUS_NAME",
      "MISSING_COLUMN_NAME",
      "DUPLICATE_COLUMN_NAME",
    ],
  ],
  foreignCodes: ["SYNTAX_ERROR", "FUNCTION_NOT_FOUND", "TYPE_NOT_FOUND"],
  conflictCodes: ["ICEBERG_COMMIT_ERROR", "TRANSACTION_CONFLICT"],
  hooksInsideOnly: true,
  lastModifiedOf: "Iceberg tables",
};
