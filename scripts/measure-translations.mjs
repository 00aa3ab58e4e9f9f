// Translates every construct of a file (test/unit/sql/hazard-constructs.txt, or one a line elsewhere) both ways, runs original and
// translation on the real engines and compares: node scripts/measure-translations.mjs http://127.0.0.1:8080 [FILE] [duckdb|trino]
// (`npm run build` first). Prints the numbers of docs/sql.md, what gave another value, and with --all what became of each.
import { readFileSync } from "node:fs";
import { translateSql } from "../dist/sql.js";
import { onTrino, openDuckDb, valueOf } from "./engine-values.mjs";

const [url, file, only] = process.argv.slice(2).filter((arg) => arg !== "--all");
const all = process.argv.includes("--all");
const onDuckDb = await openDuckDb();
const engines = { duckdb: onDuckDb, trino: (sql) => onTrino(url, sql) };
const path = file ?? new URL("../test/unit/sql/hazard-constructs.txt", import.meta.url);
const constructs = readFileSync(path, "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("--") && !line.startsWith("## "));

async function outcomeOf(sql, from, to) {
  const expected = await engines[from](sql);
  if ("error" in expected) return ["rejected by its own engine", expected.error];
  const translated = await translateSql(sql, from, to);
  if (!translated.ok) return ["refused", translated.refusals.map((one) => one.message).join(" ")];
  const given = await engines[to](translated.sql);
  if ("error" in given) return ["refused by the engine", `${translated.sql} -- ${given.error}`];
  const [a, b] = [JSON.stringify(valueOf(expected)), JSON.stringify(valueOf(given))];
  return a === b ? ["same", translated.sql] : ["another value", `${translated.sql} -- ${a} became ${b}`];
}

for (const [from, to] of [
  ["duckdb", "trino"],
  ["trino", "duckdb"],
]) {
  if (only !== undefined && only !== from) continue;
  const counts = {};
  for (const sql of constructs) {
    const [outcome, detail] = await outcomeOf(sql, from, to);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (all || outcome === "another value") console.log([from, outcome, sql, detail].join("\t"));
  }
  console.log(`${from} to ${to}`, JSON.stringify(counts));
}
process.exit(0);
