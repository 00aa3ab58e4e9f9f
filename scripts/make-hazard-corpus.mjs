// Runs every construct of test/unit/sql/hazard-constructs.txt as it stands on DuckDB and on a real Trino, and writes down what each
// gives: node scripts/make-hazard-corpus.mjs http://127.0.0.1:8080 (duckhouse-dbt lakehouse up starts one).
import { readFileSync, writeFileSync } from "node:fs";
import { onTrino, openDuckDb, valueOf } from "./engine-values.mjs";

const FOLDER = new URL("../test/unit/sql/", import.meta.url);
const [url] = process.argv.slice(2);

const onDuckDb = await openDuckDb();
const constructs = [];
let portable = false;
for (const line of readFileSync(new URL("hazard-constructs.txt", FOLDER), "utf8").split("\n")) {
  if (line.startsWith("## ")) portable = line.startsWith("## portable");
  else if (line !== "" && !line.startsWith("--")) {
    const [duckdb, trino] = [await onDuckDb(line), await onTrino(url, line)];
    const outcome =
      "error" in duckdb || "error" in trino
        ? "loud"
        : JSON.stringify(valueOf(duckdb)) === JSON.stringify(valueOf(trino))
          ? "same"
          : "differs";
    constructs.push({ sql: line, portable, outcome, duckdb, trino });
  }
}
const lines = constructs.map((entry) => JSON.stringify(entry));
writeFileSync(new URL("hazard-corpus.json", FOLDER), `[\n${lines.join(",\n")}\n]\n`);

for (const outcome of ["same", "differs", "loud"]) {
  console.log(outcome, constructs.filter((entry) => entry.outcome === outcome).length);
}
process.exit(0);
