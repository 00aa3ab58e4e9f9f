import type { EngineConnection, EngineSession } from "../contracts/engine.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { Target, TargetCatalog } from "../contracts/project.ts";
import type { RelationParts } from "../contracts/relation.ts";
import { ENGINES, type EngineEntry } from "../engines/registry.ts";
import { errorMessage } from "../shared/objects.ts";

/** The engine that reads files; it is opened when it is first needed. */
interface Road {
  readonly session: EngineSession;
  readonly connection: EngineConnection;
}

export function fileReader(): EngineEntry | undefined {
  return Object.values(ENGINES).find(({ traits }) => traits.readsFiles);
}

/** A catalog by the name that the engine that reads files has for it; null: it cannot use it. */
export function asFileReaderSees(catalog: TargetCatalog, engine = fileReader()): TargetCatalog | null {
  const read = engine?.readCatalog(catalog.entry, { database: "" }) ?? null;
  return read === null || read === "own" || "problem" in read ? null : read;
}

/** In memory, with every catalog of the target that it can use: it asks each of them only when a statement names it. */
export function openFileReader(target: Target, root: string, engine: EngineEntry): Promise<EngineSession> {
  const catalogs = target.catalogs.flatMap((catalog) => asFileReaderSees(catalog, engine) ?? []);
  const fields: JsonObject = { path: ":memory:", secrets: target.fields["secrets"] ?? [] };
  return engine.open({ fields, catalogs }, root);
}

/**
 * Takes the rows of a file into a table of a shared catalog by the engine that reads files, on behalf of one that takes
 * rows as SQL text only: hundreds of times faster. A way that is not there (no catalog, no secret, no extension) is no
 * failure: the caller has the other one.
 */
export class FileRoad {
  private readonly target: Target;
  private readonly root: string;
  private readonly engine: EngineEntry | undefined;
  private road: Promise<Road> | null = null;
  /** Why there is no way into a catalog, by its name; not tried again. */
  private readonly closed = new Map<string, string>();

  constructor(target: Target, root: string, engine: EngineEntry | undefined = fileReader()) {
    this.target = target;
    this.root = root;
    this.engine = engine;
  }

  /** Appends the rows of a CSV file that has a header, every cell a text, null an empty cell without quotes. Null: done; else why not. */
  async load(table: RelationParts, columns: readonly string[], file: string): Promise<string | null> {
    const catalog = this.target.catalogs.find((entry) => sameName(entry.database, table.database));
    const read = catalog === undefined ? null : asFileReaderSees(catalog, this.engine);
    if (this.engine === undefined || read === null) return "no catalog of catalogs.yml that both engines use holds it";
    const closed = this.closed.get(read.name);
    if (closed !== undefined) return closed;
    try {
      this.road ??= this.open(this.engine);
      await (
        await this.road
      ).connection.execute(insertText({ ...table, database: read.database }, columns, file), false);
      return null;
    } catch (error) {
      const problem = errorMessage(error);
      // What is wrong with one file's rows says nothing of the next one.
      if (!/conversion error|invalid input/i.test(problem)) this.closed.set(read.name, problem);
      return problem;
    }
  }

  private async open(engine: EngineEntry): Promise<Road> {
    const session = await openFileReader(this.target, this.root, engine);
    return { session, connection: await session.connect("files") };
  }

  async close(): Promise<void> {
    const road = await this.road?.catch(() => null);
    road?.connection.close();
    await road?.session.close();
  }
}

function sameName(one: string, other: string | null): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

const name = (text: string | null): string => `"${(text ?? "").replaceAll('"', '""')}"`;
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function insertText({ database, schema, identifier }: RelationParts, columns: readonly string[], file: string): string {
  const types = columns.map((column) => `${quote(column)}: 'VARCHAR'`).join(", ");
  return `insert into ${name(database)}.${name(schema)}.${name(identifier)} by name
select * from read_csv(${quote(file)}, header = true, auto_detect = false, columns = {${types}}, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, new_line = '\\n', max_line_size = 16000000)`;
}
