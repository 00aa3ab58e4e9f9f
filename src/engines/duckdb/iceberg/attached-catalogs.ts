import type { QueryResult, RelationRow } from "../../../contracts/engine.ts";
import type { JsonObject } from "../../../contracts/json.ts";
import type { TargetCatalog } from "../../../contracts/project.ts";
import { asText, errorMessage } from "../../../shared/objects.ts";
import { attachStatement } from "./catalog-settings.ts";
import { isIceberg, type DuckDbCredentials } from "../credentials.ts";
import { DuckDbError } from "../errors.ts";
import { olderFilesQuery, tablesChanged, unquoted, type TableLayouts } from "./guard.ts";
import { raiseSchema } from "./raise-schema.ts";
import { EXTENSION_HINT, isMissingExtension, secretSql } from "../setup.ts";
import { replaceView } from "./replace-view.ts";
import { swapTable } from "./swap-table.ts";
import { exactIds, RestCatalog } from "./rest-catalog.ts";

/** Runs a statement outside of every transaction; gives its rows. */
export type RunAlone = (sql: string) => Promise<readonly (readonly unknown[])[]>;

/** A catalog that no statement has named yet. */
interface Waiting {
  readonly catalog: TargetCatalog;
  /** How a statement names it. */
  readonly name: RegExp;
  attaching: Promise<void> | null;
}

/**
 * Catalogs of catalogs.yml, each attached when the first statement names it: a run that needs none loads no extension and
 * asks no server.
 */
export class AttachedCatalogs {
  private readonly catalogs: readonly TargetCatalog[];
  private readonly secrets: readonly JsonObject[];
  private readonly waiting: Waiting[];
  private readonly runAlone: RunAlone;
  private readonly rests = new Map<string, RestCatalog>();
  private isPrepared = false;
  private readonly loggedIn = new Set<string>();
  /** Is an Iceberg catalog attached? Commits may then lose a race. */
  anyIceberg: boolean;

  /** Databases of type iceberg, in lower case. */
  private readonly icebergs: ReadonlySet<string>;

  constructor(catalogs: readonly TargetCatalog[], { attach, secrets }: DuckDbCredentials, runAlone: RunAlone) {
    this.catalogs = catalogs;
    this.secrets = secrets;
    this.waiting = catalogs.map((catalog) => ({ catalog, name: named(catalog.database), attaching: null }));
    const attached = attach.filter(isIceberg).map((entry) => asText(entry["alias"] ?? entry["path"]));
    this.icebergs = new Set(
      [...attached, ...catalogs.map((entry) => entry.database)].map((name) => name.toLowerCase()),
    );
    this.anyIceberg = attached.length > 0;
    this.runAlone = runAlone;
  }

  /** Names of the profile's secrets that only catalogs need: DuckDB logs in where such a one is made. */
  get logins(): ReadonlySet<string> {
    return new Set(this.catalogs.flatMap((catalog) => this.loginOf(catalog)?.name ?? []));
  }

  private loginOf({ settings }: TargetCatalog): { readonly name: string; readonly sql: string } | null {
    const name = settings["secret"];
    const index = this.secrets.findIndex((secret) => secret["name"] === name);
    const secret = this.secrets[index];
    if (typeof name !== "string" || !/^iceberg$/i.test(asText(secret?.["type"] ?? ""))) return null;
    return { name, sql: secretSql(secret ?? {}, index) };
  }

  isIceberg(database: string): boolean {
    return this.icebergs.has(database.toLowerCase());
  }

  /**
   * Attaches what a statement seems to name. A catalog that cannot be attached is given back and not thrown: the name may
   * be an alias, and only the statement itself can tell.
   */
  async attachNamed(sql: string): Promise<Error | null> {
    for (const entry of [...this.waiting]) {
      if (!entry.name.test(sql)) continue;
      const problem = await this.attachOnce(entry).catch((error: unknown) => error as Error);
      if (problem instanceof Error) return problem;
    }
    return null;
  }

  /**
   * Throws DuckDbError: an extension cannot be had, or the catalog does not answer. With `atOnce`, a server that refuses the
   * connection is not asked again now, and may be there when a statement needs it.
   */
  async ensure(database: string, atOnce = false): Promise<void> {
    const entry = this.waiting.find(({ catalog }) => catalog.database.toLowerCase() === database.toLowerCase());
    if (entry !== undefined) await this.attachOnce(entry, atOnce);
  }

  /** A refusal is kept as well: the next node hears of it at once. */
  private async attachOnce(entry: Waiting, atOnce = false): Promise<void> {
    entry.attaching ??= this.attach(entry.catalog, atOnce);
    await entry.attaching.catch((error: unknown) => {
      if (atOnce) entry.attaching = null;
      throw error;
    });
    const index = this.waiting.indexOf(entry);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  /** Throws DuckDbError where the statement would delete rows in a way that other engines do not see. */
  async refuseUnsafe(sql: string): Promise<void> {
    for (const { database, schema, table } of tablesChanged(sql)) {
      if (!this.isIceberg(database)) continue;
      const name = [database, schema, table].map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
      const query = olderFilesQuery(await this.metadata(name));
      const files = query === null ? 0 : Number((await this.runAlone(query))[0]?.[0]);
      if (files > 0)
        throw new DuckDbError(
          `Not implemented Error: ${name} has ${String(files)} data files of an earlier partitioning, and DuckDB's deletes of their rows would not be seen by other engines. Rewrite them first, on Trino: alter table ${name} execute optimize(file_size_threshold => '100GB'); or build this model on Trino. Nothing was written.`,
        );
    }
  }

  private async metadata(name: string): Promise<TableLayouts> {
    try {
      const rows = await this.runAlone(`select metadata::json::varchar from iceberg_load_table_response(${name})`);
      return JSON.parse(exactIds(asText(rows[0]?.[0]))) as TableLayouts;
    } catch {
      // No such table (yet): the statement itself will say so.
      return { "partition-specs": [], "default-spec-id": 0 };
    }
  }

  /** After an ALTER that DuckDB could not number (see raiseSchema); false: it was something else, or is not in our hands. */
  async mend(sql: string, message: string): Promise<boolean> {
    if (!/Attempted to add schema with id \d+, but this already exists/i.test(message)) return false;
    const [, database = "", schema = "", table = ""] = ALTER.exec(sql)?.map(unquoted) ?? [];
    const rest = this.restOf(database);
    if (rest === null) return false;
    await raiseSchema(rest, schema, table);
    return true;
  }

  /** Views of an Iceberg catalog: DuckDB does not see them, but their names are taken. A catalog may have none, or not tell. */
  async views(database: string, schemas: readonly string[]): Promise<RelationRow[]> {
    const rest = this.restOf(database);
    if (rest === null || !this.isIceberg(database)) return [];
    const lists = await Promise.all(
      schemas.map(async (schema) =>
        (await rest.views(schema).catch(() => [])).map((identifier) => ({
          database,
          schema,
          identifier,
          type: "view" as const,
        })),
      ),
    );
    return lists.flat();
  }

  /**
   * `CALL duckhouse_…(database, schema, …)`: DuckDB has no statements for these steps, and templates reach the engine by
   * SQL alone. Null: the text is something else. The answer says what stood in the way, null where it was done.
   */
  async call(sql: string): Promise<QueryResult | null> {
    const [, name = "", list = ""] = CALL.exec(sql) ?? [];
    const step = STEPS[name.toLowerCase()];
    if (step === undefined) return null;
    const [database = "", schema = "", ...names] = [...list.matchAll(LITERAL)].map(([literal]) => text(literal));
    const problem = await this.attempt(database, (rest) => step(rest, schema, names));
    return {
      response: { _message: "OK" },
      columns: [{ name: "problem", type: "VARCHAR", kind: "text" }],
      data: [[problem]],
      rowCount: 1,
    };
  }

  private async attempt(database: string, step: (rest: RestCatalog) => Promise<void>): Promise<string | null> {
    const rest = this.restOf(database);
    if (rest === null) return "the catalog's login is not one that is known here";
    try {
      await step(rest);
      return null;
    } catch (error) {
      return errorMessage(error);
    }
  }

  private restOf(database: string): RestCatalog | null {
    const name = database.toLowerCase();
    const catalog = this.catalogs.find((entry) => entry.database.toLowerCase() === name);
    const rest = this.rests.get(name) ?? (catalog === undefined ? null : RestCatalog.of(catalog, this.secrets));
    if (rest !== null) this.rests.set(name, rest);
    return rest;
  }

  private async attach(catalog: TargetCatalog, atOnce: boolean): Promise<void> {
    const statement = attachStatement(catalog);
    try {
      await this.prepare();
      await this.logIn(catalog);
      if (!atOnce || !(await this.attachAtOnce(statement))) await this.runAlone(statement);
    } catch (error) {
      const message = errorMessage(error);
      const hint = isMissingExtension(message)
        ? EXTENSION_HINT
        : "Does it run, and is `config.duckdb` of this entry of catalogs.yml right? `catalogs: false` in the profile's output does without.";
      throw new DuckDbError(`Catalog Error: Could not attach the catalog '${catalog.name}': ${message}`, hint);
    }
    this.anyIceberg = true;
  }

  private async logIn(catalog: TargetCatalog): Promise<void> {
    const login = this.loginOf(catalog);
    if (login === null || this.loggedIn.has(login.name)) return;
    await this.runAlone(login.sql);
    this.loggedIn.add(login.name);
  }

  /** Before the database is locked: a locked one makes no secrets. Throws DuckDbError where a catalog lets nobody in. */
  async prepareForLock(): Promise<void> {
    await this.prepare();
    for (const catalog of this.catalogs) await this.logIn(catalog);
  }

  /** DuckDB asks four times within two seconds. False: it went wrong in another way, which may pass. */
  private async attachAtOnce(statement: string): Promise<boolean> {
    try {
      await this.runAlone(`set session http_retries = 0; ${statement}`);
      return true;
    } catch (error) {
      if (/could not connect to server|connection refused/i.test(errorMessage(error))) throw error;
      return false;
    }
  }

  /** Loads what catalogs need, before the first one is attached. */
  private async prepare(): Promise<void> {
    if (this.isPrepared || this.waiting.length === 0) return;
    for (const extension of ["avro", "httpfs", "iceberg"]) await this.load(extension);
    // A declared order only helps readers; files without it are marked as such, and every engine sorts for itself.
    await this.runAlone("set global unsafe_iceberg_ignore_sort_order = true");
    this.isPrepared = true;
  }

  /** Where the catalogs' files are, as far as it can be told. */
  get warehouses(): string[] {
    if (this.icebergs.size === 0) return [];
    const named = this.catalogs.map(({ settings }) => asText(settings["warehouse"] ?? ""));
    return [...new Set(["s3://", "s3a://", ...named.filter((name) => name.includes("/"))])];
  }

  /** What is installed is taken without asking the network. */
  private async load(extension: string): Promise<void> {
    try {
      await this.runAlone(`load ${extension}`);
    } catch {
      await this.runAlone(`install ${extension}`);
      await this.runAlone(`load ${extension}`);
    }
  }
}

type Step = (rest: RestCatalog, schema: string, names: readonly string[]) => Promise<void>;

const STEPS: Readonly<Record<string, Step>> = {
  swap_table: (rest, schema, [from = "", to = ""]) => swapTable(rest, schema, from, to),
  replace_view: (rest, schema, [from = "", to = ""]) => replaceView(rest, schema, from, to),
  drop_view: (rest, schema, [name = ""]) => rest.dropView(schema, name),
};

const LITERAL = /'(?:[^']|'')*'/g;
const CALL = /^\s*call\s+duckhouse_(\w+)\(((?:'(?:[^']|'')*'|[\s,])*)\)/i;
const text = (literal: string): string => literal.slice(1, -1).replaceAll("''", "'");
const NAME = String.raw`("(?:[^"]|"")+"|\w+)`;
const ALTER = new RegExp(String.raw`\balter\s+table\s+(?:if\s+exists\s+)?${NAME}\.${NAME}\.${NAME}`, "i");

/** As part of a longer name, as a text that a query of DuckDB's own tables compares with, or after USE. */
function named(database: string): RegExp {
  const name = database.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w$"])(?:${name}|"${name}")\\s*\\.|'${name}'|\\buse\\s+"?${name}\\b`, "i");
}
