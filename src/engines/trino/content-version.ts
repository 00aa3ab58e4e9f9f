import { createHash } from "node:crypto";
import type { EngineConnection, RelationName, TablesOf } from "../../contracts/engine.ts";
import { asText, isRecord } from "../../shared/objects.ts";
import { quoted } from "../../shared/quoted.ts";

const literal = (text: string): string => `'${text.toLowerCase().replaceAll("'", "''")}'`;

/** Values that a text gives anew, by the time, the user, the server or chance. */
const CHANGING =
  /\b(current_(?:catalog|date|groups|path|role|schema|time|timestamp|user)|localtime|localtimestamp|tablesample)\b|\b(now|random|rand|uuid|shuffle|version)"?\s*\(/i;
/** A function of a catalog, as a plan shows it: somebody may have defined it anew. */
const USER_FUNCTION = /[\w"]\.[\w"]+\.[\w"]+\(/;
/** A table of an Iceberg catalog with the snapshot that is read. */
const SNAPSHOT = /^([^:]+):(.+)\$data@(\d+)(?:\s|$)/i;
/** A view may stand on views; nobody builds a tower of more. */
const LEVELS = 8;

/**
 * A text that changes with the rows of a view or table, without reading one: the texts of the views, the snapshots of the
 * tables below, and their columns. Null where it cannot be told: a table without snapshots, a value that is another one each
 * time, a name that depends on who asks. A view over tables takes two statements, and one more for each level of views.
 */
export async function contentVersion(
  connection: EngineConnection,
  relation: RelationName,
  session: unknown,
  tablesOf: TablesOf,
): Promise<string | null> {
  const name = [relation.database, relation.schema, relation.identifier];
  const views = await textsOf(connection, [keyOf(name)]);
  const plan = await planOf(connection, name.map(quoted).join("."));
  const tables = leavesOf(plan);
  if (tables === null) return null;
  const asked = new Set([keyOf(name)]);
  let open = await namesIn([...views.values()], tablesOf);
  for (let level = 1; open !== null; level++) {
    const unknown = [...new Set(open)].filter((one) => !asked.has(one) && !tables.has(one));
    if (unknown.length === 0) break;
    if (level > LEVELS || unknown.some((one) => one.split(".").length !== 3)) return null;
    const texts = await textsOf(connection, unknown);
    // What is neither a table of the plan nor a view is something of which nothing is known.
    if (texts.size < unknown.length) return null;
    for (const [key, text] of texts) {
      asked.add(key);
      views.set(key, text);
    }
    open = await namesIn([...texts.values()], tablesOf);
  }
  const isOneTable = views.size === 0 && tables.size === 1 && tables.has(keyOf(name));
  if (open === null || (views.size === 0 && !isOneTable)) return null;
  const parts = [session, plan["outputs"], [...views].sort(), [...tables].sort()];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** The definitions of those names that are views. They come as Trino writes them, without comments. */
async function textsOf(connection: EngineConnection, keys: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const catalogs = new Map<string, string[][]>();
  for (const key of keys) {
    const [catalog = "", ...rest] = key.split(".");
    catalogs.set(catalog, [...(catalogs.get(catalog) ?? []), rest]);
  }
  for (const [catalog, names] of catalogs) {
    const where = names.map(
      ([schema = "", view = ""]) => `(table_schema = ${literal(schema)} and table_name = ${literal(view)})`,
    );
    const { data } = await connection.execute(
      `select table_schema, table_name, view_definition from ${quoted(catalog)}.information_schema.views where ${where.join(" or ")}`,
      true,
    );
    const [schemas = [], views = [], texts = []] = data;
    schemas.forEach((schema, row) =>
      found.set(keyOf([catalog, asText(schema), asText(views[row])]), asText(texts[row])),
    );
  }
  return found;
}

/** The relations that views name; null: one of them is not read, or says something else each time. */
async function namesIn(texts: readonly string[], tablesOf: TablesOf): Promise<string[] | null> {
  const names: string[] = [];
  for (const text of texts) {
    const tables = CHANGING.test(text) ? null : await tablesOf(text);
    if (tables === null) return null;
    names.push(...tables.map((table) => table.toLowerCase()));
  }
  return names;
}

type Plan = Readonly<Record<string, unknown>>;

async function planOf(connection: EngineConnection, name: string): Promise<Plan> {
  const { data } = await connection.execute(`explain (type logical, format json) select * from ${name}`, true);
  const plan: unknown = JSON.parse(asText(data[0]?.[0]));
  return isRecord(plan) ? plan : {};
}

/**
 * The tables that a plan reads, with snapshots and columns (by their numbers: a column that was dropped and added again is
 * another one). Null: something else is read, or a function of a catalog is called.
 */
export function leavesOf(plan: Plan): Map<string, string[]> | null {
  const found = new Map<string, string[]>();
  const visit = (node: Plan): boolean => {
    const { name, descriptor, details, children } = node;
    const text = JSON.stringify([descriptor, details]);
    if (USER_FUNCTION.test(text) || CHANGING.test(text)) return false;
    const below = Array.isArray(children) ? children.filter(isRecord) : [];
    const table = isRecord(descriptor) ? descriptor["table"] : undefined;
    if (table === undefined) return below.length > 0 ? below.every(visit) : name === "Values";
    const [whole, catalog = "", rest = ""] = SNAPSHOT.exec(asText(table)) ?? [];
    if (whole === undefined || below.length > 0) return false;
    const key = `${catalog}.${rest}`.toLowerCase();
    const seen = [...(found.get(key) ?? []), JSON.stringify([whole, details])];
    found.set(key, seen.sort());
    return true;
  };
  return visit(plan) ? found : null;
}

function keyOf(name: readonly string[]): string {
  return name.join(".").toLowerCase();
}
