// Compares all relations of the DuckDB files that the two runs left, row by row.

import { readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
const literal = (text) => `'${text.replaceAll("'", "''")}'`;

function databaseFiles(side) {
  return readdirSync(side.project, { recursive: true })
    .filter((name) => /\.(duckdb|db)$/.test(name) && !name.startsWith("dbt_packages"))
    .sort();
}

export async function compareTables(sides, differences) {
  const [dbt, ours] = sides.map(databaseFiles);
  differences.compareSets("database file", "project", dbt, ours);
  for (const file of dbt.filter((name) => ours.includes(name))) await compareFile(sides, file, differences);
}

async function compareFile(sides, file, differences) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const copies = [];
    const unreadable = [];
    for (const side of sides) {
      try {
        copies.push(await copyRelations(connection, side, file));
      } catch (error) {
        // A file of a newer DuckDB than ours, as a rule; the artifacts can be compared all the same.
        unreadable.push(`${side.name}: ${error.message.split("\n")[0]}`);
      }
    }
    if (unreadable.length > 0) {
      differences.add(
        "database file that cannot be read",
        file,
        ...sides.map(({ name }) => unreadable.find((text) => text.startsWith(`${name}:`))),
      );
      return;
    }
    const [dbt, ours] = copies;
    differences.compareSets("relation", file, Object.keys(dbt), Object.keys(ours));
    for (const name of Object.keys(dbt))
      if (ours[name] !== undefined) await compareRelation(connection, file, name, dbt[name], ours[name], differences);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Reads every relation under the database's own name, because the text of a view may hold it. */
async function copyRelations(connection, side, file) {
  const database = basename(file, extname(file));
  const before = process.cwd();
  process.chdir(side.project);
  try {
    await connection.run(`attach ${literal(join(side.project, file))} as ${quoted(database)} (read_only)`);
    const list = await connection.runAndReadAll(
      `select table_schema, table_name, table_type from information_schema.tables where table_catalog = ${literal(database)}`,
    );
    const relations = {};
    for (const [schema, name, type] of list.getRows()) {
      const copy = `memory.main.${quoted(`${side.name}/${schema}/${name}`)}`;
      const error = await copyRelation(connection, copy, [database, schema, name].map(quoted).join("."));
      relations[`${schema}.${name}`] = { copy, type, error };
    }
    return relations;
  } finally {
    await connection.run(`detach database if exists ${quoted(database)}`);
    process.chdir(before);
  }
}

async function copyRelation(connection, copy, relation) {
  try {
    await connection.run(`create table ${copy} as select * from ${relation}`);
    return null;
  } catch (error) {
    return error.message;
  }
}

async function compareRelation(connection, file, name, dbt, ours, differences) {
  const place = `${file} ${name}`;
  differences.compare("relation type", place, dbt.type, ours.type);
  differences.compare("relation readable", place, dbt.error, ours.error);
  if (dbt.error !== null || ours.error !== null) return;
  const columns = await Promise.all(
    [dbt, ours].map(async ({ copy }) => {
      const rows = await connection.runAndReadAll(`select column_name, column_type from (describe ${copy})`);
      return rows.getRows().map(([column, type]) => `${column} ${type}`);
    }),
  );
  differences.compare("columns", place, columns[0], columns[1]);
  if (columns[0].length !== columns[1].length) return;
  const missing = await rowsOf(connection, `select * from ${dbt.copy} except all select * from ${ours.copy}`);
  const extra = await rowsOf(connection, `select * from ${ours.copy} except all select * from ${dbt.copy}`);
  if (missing.count > 0 || extra.count > 0) differences.add("rows", place, missing, extra);
}

async function rowsOf(connection, sql) {
  const count = await connection.runAndReadAll(`select count(*) from (${sql})`);
  const first = await connection.runAndReadAll(`select * from (${sql}) limit 1`);
  return { count: Number(count.getRows()[0][0]), first: first.getRowsJson()[0] ?? null };
}
