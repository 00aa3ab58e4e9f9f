import { ENGINES } from "../../src/engines/registry.ts";
import type { EngineSession } from "../../src/contracts/engine.ts";
import type { TargetCatalog } from "../../src/contracts/project.ts";
import { duckDbCells } from "../support/duckdb-cells.ts";
import { engineContract } from "../support/engine-contract.ts";
import { lakeProject, trinoPort } from "../support/lakehouse.ts";

async function open(type: string, fields: object, catalogs: readonly TargetCatalog[]): Promise<EngineSession> {
  const engine = ENGINES[type];
  if (engine === undefined) throw new Error(`no engine ${type}`);
  return engine.open({ fields: fields as never, catalogs }, "/");
}

engineContract({
  name: "Trino",
  open: () => open("trino", { host: "127.0.0.1", port: trinoPort(), user: "tests", catalog: "lake", schema: "x" }, []),
  database: "lake",
  cells: {
    int: [
      ["select 42 as v", 42],
      ["select 9007199254740993 as v", 9007199254740993n],
    ],
    float: [["select 1.5e0 as v", 1.5]],
    decimal: [["select decimal '12345678901234567890.123456789' as v", "12345678901234567890.123456789"]],
    bool: [["select true as v", true]],
    text: [
      ["select 'ünïcødé 雪' as v", "ünïcødé 雪"],
      ["select '' as v", ""],
    ],
    date: [["select date '1969-07-20' as v", "1969-07-20"]],
    datetime: [["select timestamp '2024-02-29 12:34:56.123456' as v", "2024-02-29T12:34:56.123456"]],
    time: [["select time '23:59:59.5' as v", "23:59:59.500000"]],
  },
  endless: "select count(*) from tpch.sf1000.lineitem a, tpch.sf1000.lineitem b where a.comment = b.comment",
  missingColumn: "COLUMN_NOT_FOUND",
});

engineContract({
  name: "DuckDB in an Iceberg catalog",
  open: () => {
    const { "profiles.yml": profiles = "", "catalogs.yml": catalogs = "" } = lakeProject("x");
    const { outputs } = (JSON.parse(profiles) as { ward: { outputs: { duck: { secrets: object[] } } } }).ward;
    const [entry] = (JSON.parse(catalogs) as { catalogs: { config: { duckdb: object } }[] }).catalogs;
    const named = { name: "pond", type: "iceberg_rest", tableFormat: "iceberg", shared: {} };
    const catalog = ENGINES["duckdb"]?.readCatalog(
      { ...named, config: entry?.config as never },
      { database: "memory" },
    );
    return open("duckdb", { path: ":memory:", secrets: outputs.duck.secrets }, [catalog as TargetCatalog]);
  },
  database: "pond",
  cells: duckDbCells,
  endless: "select count(*) from range(100000000) as a (i), range(100000000) as b (j) where i * j = -1",
  missingColumn: "Binder Error",
});
