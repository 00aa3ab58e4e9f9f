// The floor: sends the statements of a JSON log again, in their order, on one connection to a fresh database.
// usage: node bench/replay.mjs LOG DATABASE
import { readFileSync, rmSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const [log, database] = process.argv.slice(2);
rmSync(database, { force: true });
const instance = await DuckDBInstance.create(database);
const connection = await instance.connect();
for (const line of readFileSync(log, "utf8").split("\n")) {
  if (!line.includes('"name":"sql"')) continue;
  await connection.run(JSON.parse(line).data.text);
}
connection.closeSync();
instance.closeSync();
