import { ENGINES } from "../../src/engines/registry.ts";
import { engineContract } from "../support/engine-contract.ts";
import { duckDbCells } from "../support/duckdb-cells.ts";

engineContract({
  name: "DuckDB",
  open: () =>
    ENGINES["duckdb"]?.open({ fields: { path: ":memory:" }, catalogs: [] }, "/") ?? Promise.reject(new Error()),
  database: "memory",
  cells: duckDbCells,
  endless: "select count(*) from range(100000000) as a (i), range(100000000) as b (j) where i * j = -1",
  missingColumn: "Binder Error",
});
