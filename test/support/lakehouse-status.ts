import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { LakehouseStatus } from "../../src/lakehouse/lakehouse.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** The lakehouse that the tests of this tier share; `make test` starts one, by hand it is `duckhouse-dbt lakehouse up`. */
export function findLakehouse(): LakehouseStatus {
  const given = process.env["DUCKHOUSE_TEST_LAKEHOUSE"];
  const program = join(ROOT, "bin", "duckhouse-dbt.js");
  const text =
    given ?? execFileSync(process.execPath, [program, "lakehouse", "status", "--output", "json"], { encoding: "utf8" });
  return JSON.parse(text) as LakehouseStatus;
}
