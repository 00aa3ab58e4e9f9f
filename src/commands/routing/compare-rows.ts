import type { EngineConnection, RelationName } from "../../contracts/engine.ts";
import { asText } from "../../shared/objects.ts";
import { quoted } from "../../shared/quoted.ts";

/** What two tables that should be the same have in common. */
export type Comparison =
  | { readonly same: true; readonly rows: number; readonly notes: readonly string[] }
  | { readonly same: false; readonly problems: readonly string[]; readonly notes: readonly string[] };

/** A table under test, and whose rows it has. */
export interface ComparedTable {
  readonly engine: string;
  readonly place: RelationName;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Floating point numbers may be this much apart, relative to the larger one: sums depend on the order of the rows. */
const TOLERANCE = 1e-9;
const EXAMPLES = 3;
const FLOAT = /^(double|float|real)\b/i;

/**
 * Compares two tables row by row on one engine (`except all` both ways), whatever the order of their rows and columns.
 * Rows that differ only in floating point numbers are taken together and held to a tolerance. Rejects with the engine's
 * error where it cannot compare them.
 */
export async function compareRows(
  connection: EngineConnection,
  one: ComparedTable,
  other: ComparedTable,
): Promise<Comparison> {
  const columns = [await columnsOf(connection, one), await columnsOf(connection, other)] as const;
  const engines: [string, string] = [one.engine, other.engine];
  const types = typeNotes(columns, engines);
  const problems = [
    ...nameProblems(columns, engines),
    ...types.filter(({ isOther }) => isOther).map(({ text }) => text),
  ];
  if (problems.length > 0) return { same: false, problems, notes: [] };
  const names = columns[0].map(({ name }) => name);
  const notes = types.map(({ text }) => text);
  const list = names.map(quoted).join(", ");
  const query = (table: ComparedTable): string => `select ${list} from ${relation(table)}`;
  const sets = {
    one: `${query(one)} except all ${query(other)}`,
    other: `${query(other)} except all ${query(one)}`,
  };
  const floats = columns[0].flatMap(({ name, type }, index) =>
    FLOAT.test(type) || FLOAT.test(typeOf(columns[1], name, index)) ? [name] : [],
  );
  const text = floats.length === 0 ? exact(sets) : tolerant(sets, names, floats);
  const { data } = await connection.execute(text, true);
  const [onlyOne = 0, onlyOther = 0] = data.map(([count]) => Number(count));
  if (onlyOne + onlyOther === 0) {
    const counted = await connection.execute(`select count(*) from ${relation(one)}`, true);
    return { same: true, rows: Number(counted.data[0]?.[0] ?? 0), notes };
  }
  const found = [
    ...(await examples(connection, [sets.one, names.length], one.engine, onlyOne)),
    ...(await examples(connection, [sets.other, names.length], other.engine, onlyOther)),
  ];
  return { same: false, problems: found, notes };
}

function exact({ one, other }: Readonly<Record<"one" | "other", string>>): string {
  return `select (select count(*) from (${one}) as a), (select count(*) from (${other}) as b)`;
}

/** What is left over on both sides, paired by the other columns and in the order of the numbers. */
function tolerant(
  { one, other }: Readonly<Record<"one" | "other", string>>,
  names: readonly string[],
  floats: readonly string[],
): string {
  const keys = names.filter((name) => !floats.includes(name)).map(quoted);
  const partition = keys.length === 0 ? "" : `partition by ${keys.join(", ")} `;
  const numbered = (query: string): string =>
    `select *, row_number() over (${partition}order by ${floats.map(quoted).join(", ")}) as duckhouse_row from (${query}) as q`;
  const isPair = [...keys, "duckhouse_row"].map((key) => `a.${key} is not distinct from b.${key}`).join(" and ");
  const isClose = floats.map((name) => close(`a.${quoted(name)}`, `b.${quoted(name)}`)).join(" and ");
  const lonely = (left: string, right: string): string =>
    `(select count(*) from ${left} as a where not exists (select 1 from ${right} as b where ${isPair} and ${isClose}))`;
  return `with one as (${numbered(one)}), other as (${numbered(other)}) select ${lonely("one", "other")}, ${lonely("other", "one")}`;
}

function close(a: string, b: string): string {
  return `(${a} is not distinct from ${b} or abs(${a} - ${b}) <= ${String(TOLERANCE)} * greatest(abs(${a}), abs(${b})))`;
}

/** The first rows in the order of their columns, so that the same difference is shown the same way. */
async function examples(
  connection: EngineConnection,
  [query, width]: readonly [string, number],
  engine: string,
  count: number,
): Promise<string[]> {
  if (count === 0) return [];
  const order = Array.from({ length: width }, (_, index) => String(index + 1)).join(", ");
  const text = `select * from (${query}) as q order by ${order} limit ${String(EXAMPLES)}`;
  const { columns, data } = await connection.execute(text, true);
  const rows = Array.from({ length: data[0]?.length ?? 0 }, (_, row) =>
    columns.map(({ name }, index) => `${name}=${cellText(data[index]?.[row])}`).join(", "),
  );
  const more = count > rows.length ? ["…"] : [];
  return [
    `${count.toLocaleString("en")} ${count === 1 ? "row is" : "rows are"} on ${engine} only:`,
    ...[...rows, ...more].map((row) => `  ${row}`),
  ];
}

function cellText(value: unknown): string {
  return value === null || value === undefined ? "null" : asText(value);
}

function nameProblems(columns: readonly [readonly Column[], readonly Column[]], engines: [string, string]): string[] {
  return [0, 1].flatMap((side) => {
    const [own, others] = side === 0 ? columns : [columns[1], columns[0]];
    const known = new Set(others.map(({ name }) => name.toLowerCase()));
    const extra = own.filter(({ name }) => !known.has(name.toLowerCase())).map(({ name }) => name);
    return extra.length === 0 ? [] : [`columns on ${engines[side] ?? ""} only: ${extra.join(", ")}`];
  });
}

/** Kinds of types whose values compare with each other. */
const KINDS: readonly RegExp[] = [
  /^(tinyint|smallint|integer|bigint|hugeint|u\w+int|uhugeint|decimal|numeric|float|double|real)\b(?!.*\[)/i,
  /^(varchar|char|text|string)\b(?!.*\[)/i,
  /^timestamp(?!.*(with time zone|\[))/i,
];

function typeNotes(
  columns: readonly [readonly Column[], readonly Column[]],
  engines: [string, string],
): { readonly text: string; readonly isOther: boolean }[] {
  return columns[0].flatMap(({ name, type }, index) => {
    const other = typeOf(columns[1], name, index);
    if (type === other) return [];
    const isSimilar = KINDS.some((kind) => kind.test(type) && kind.test(other));
    // Fields of rows and elements of lists are compared as they are.
    const isNested = [type, other].every((one) => /\[|^(struct|map)\b/i.test(one));
    const text = `${name} is ${type} on ${engines[0]} and ${other} on ${engines[1]}`;
    return [{ text, isOther: !isSimilar && !isNested }];
  });
}

function typeOf(columns: readonly Column[], name: string, index: number): string {
  return (columns.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? columns[index])?.type ?? "";
}

function columnsOf(connection: EngineConnection, table: ComparedTable): Promise<readonly Column[]> {
  return connection.describe(`select * from ${relation(table)}`);
}

function relation({ place: { database, schema, identifier } }: ComparedTable): string {
  return [database, schema, identifier].map(quoted).join(".");
}
