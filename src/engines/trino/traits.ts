import type { EngineTraits } from "../../contracts/engine.ts";

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
  catalogs: { notInCatalog: ["ephemeral"], ownFormats: ["iceberg"], unnamedSchema: null },
  constraints: ["not_null"],
  readsFiles: false,
  timestampPrefix: "TIMESTAMP ",
  conflictCodes: ["ICEBERG_COMMIT_ERROR", "TRANSACTION_CONFLICT"],
  lastModifiedOf: "Iceberg tables",
};
