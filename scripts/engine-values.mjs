// What DuckDB and Trino give for a statement, in one form that can be compared.
import { DuckDBInstance } from "@duckdb/node-api";

/** Rows as JSON, by DuckDB's own conversion; null with the error's first line where it fails. */
export async function openDuckDb() {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  return async (sql) => {
    try {
      const reader = await connection.runAndReadAll(sql);
      return {
        type: reader.columnTypes().map(String).join(", "),
        rows: reader
          .getRowsJson()
          .map((row) => row.map((value, i) => plain(value, /MAP\(/.test(String(reader.columnTypes()[i]))))),
      };
    } catch (error) {
      return { error: firstLine(error.message) };
    }
  };
}

export async function onTrino(url, sql) {
  const headers = {
    "X-Trino-User": "corpus",
    "X-Trino-Time-Zone": "UTC",
    "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
  };
  let page = await (await fetch(`${url}/v1/statement`, { method: "POST", body: sql, headers })).json();
  let columns = page.columns;
  const rows = [...(page.data ?? [])];
  while (page.nextUri !== undefined) {
    page = await (await fetch(page.nextUri, { headers })).json();
    columns ??= page.columns;
    rows.push(...(page.data ?? []));
  }
  if (page.error !== undefined) return { error: `${page.error.errorName}: ${firstLine(page.error.message)}` };
  return { type: (columns ?? []).map((column) => column.type).join(", "), rows };
}

function firstLine(text) {
  return text.split("\n")[0].slice(0, 120);
}

/** DuckDB writes maps as lists of key and value, Trino as objects. */
function plain(value, maps) {
  if (Array.isArray(value)) {
    const isMap =
      maps && value.length > 0 && value.every((entry) => entry !== null && Object.keys(entry).join() === "key,value");
    return isMap
      ? Object.fromEntries(value.map(({ key, value: item }) => [key, plain(item, maps)]))
      : value.map((item) => plain(item, maps));
  }
  if (value !== null && typeof value === "object" && !("months" in value)) {
    return Object.values(value).map((item) => plain(item, maps));
  }
  return value;
}

const DAY = 86_400_000;

/** An interval of either engine as its months and milliseconds. */
function interval(value) {
  if (typeof value !== "string") return { months: value.months, ms: value.days * DAY + Number(value.micros) / 1000 };
  const [, years, months] = /^-?(\d+)-(\d+)$/.exec(value) ?? [];
  if (years !== undefined) return { months: Number(years) * 12 + Number(months), ms: 0 };
  const [, days, hours, minutes, seconds] = /^(\d+) (\d+):(\d+):([\d.]+)$/.exec(value.replace("-", ""));
  const ms = Number(days) * DAY + Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return { months: 0, ms: value.startsWith("-") ? -ms : ms };
}

/** A cell by its type: numbers by size, moments without the zeros at their end, bytes as base64. */
function canonical(value, type) {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item) => canonical(item, type));
  if (/interval/i.test(type)) return interval(value);
  if (typeof value === "object") {
    const entries = Object.entries(value).map(([key, item]) => [key, canonical(item, type)]);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (/^(FLOAT|real)/.test(type)) return Math.fround(Number(value));
  if (type === "BLOB")
    return Buffer.from(
      value.replace(/\\x(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
      "latin1",
    ).toString("base64");
  if (typeof value === "number") return Number(value.toPrecision(13));
  if (typeof value !== "string") return value;
  if (/int|decimal|double/i.test(type) && /^-?[\d.]+$/.test(value)) return Number(Number(value).toPrecision(13));
  if (/^(array\()*time/i.test(type)) return moment(value);
  return value;
}

function moment(value) {
  return value
    .replace(/(\.\d*?)0+(?=$|[ +-])/, "$1")
    .replace(/\.(?=$|[ +-])/, "")
    .replace(/(\+00(:00)?| UTC)$/, " UTC")
    .replace(/ 00:00:00$/, "");
}

/** A column may be a date here and midnight there; that is the same day to everyone who reads it. */
export function valueOf({ type, rows }) {
  const types = splitTypes(type);
  return rows.map((row) => row.map((cell, i) => canonical(cell, types[i] ?? "")));
}

function splitTypes(text) {
  let depth = 0;
  const types = [""];
  for (const letter of text) {
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    if (letter === "," && depth === 0) types.push("");
    else types[types.length - 1] += letter;
  }
  return types.map((type) => type.trim());
}
