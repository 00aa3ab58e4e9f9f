import type { EngineSession, KeyConstraint } from "../contracts/engine.ts";
import type { RelationParts } from "../contracts/relation.ts";

/**
 * What exists in the database, schema by schema. A schema is read when it is first asked about, and kept in step with
 * what the run does. Names are compared without regard to case.
 */
export class RelationCache {
  private readonly engine: EngineSession;
  private readonly schemas = new Map<string, Promise<Map<string, RelationParts>>>();

  private readonly keys = new Map<string, Promise<KeyConstraint[]>>();

  constructor(engine: EngineSession) {
    this.engine = engine;
  }

  /** Reads several schemas of one database at once. */
  async populate(database: string, schemas: readonly string[]): Promise<void> {
    const wanted = schemas.filter((schema) => !this.schemas.has(keyOf(database, schema)));
    if (wanted.length === 0) return;
    const rows = await this.engine.listRelations(database, wanted);
    for (const schema of wanted)
      this.schemas.set(keyOf(database, schema), Promise.resolve(new Map<string, RelationParts>()));
    for (const row of rows) {
      const known = await this.schemas.get(keyOf(database, row.schema));
      known?.set(row.identifier.toLowerCase(), row);
    }
  }

  /** True: relations of the schema are known, so that it is there. False: that is not known; nothing is asked. */
  async holds(database: string, schema: string): Promise<boolean> {
    const known = await this.schemas.get(keyOf(database, schema));
    return known !== undefined && known.size > 0;
  }

  async get(database: string, schema: string, identifier: string): Promise<RelationParts | null> {
    return (await this.schema(database, schema)).get(identifier.toLowerCase()) ?? null;
  }

  async list(database: string, schema: string): Promise<RelationParts[]> {
    return [...(await this.schema(database, schema)).values()];
  }

  async added(relation: RelationParts): Promise<void> {
    (await this.schemaOf(relation))?.set((relation.identifier ?? "").toLowerCase(), {
      ...relation,
      type: relation.type ?? "table",
    });
  }

  /** Another engine made a table here. What was never looked up is not looked up for this. */
  async heard(relation: RelationParts): Promise<void> {
    const { database, schema } = relation;
    if (database !== null && schema !== null && this.schemas.has(keyOf(database, schema))) await this.added(relation);
  }

  /** Somebody else has written to the schema: it is read again when it is asked about. */
  forget(database: string, schema: string): void {
    this.schemas.delete(keyOf(database, schema));
  }

  async dropped(relation: RelationParts): Promise<void> {
    (await this.schemaOf(relation))?.delete((relation.identifier ?? "").toLowerCase());
  }

  async renamed(from: RelationParts, to: RelationParts): Promise<void> {
    const known = await this.schemaOf(from);
    const type = known?.get((from.identifier ?? "").toLowerCase())?.type ?? to.type ?? from.type;
    await this.dropped(from);
    await this.added({ ...to, type });
  }

  /** Key constraints as they were when the run first asked: what it adds itself is in the models' configs. */
  async keyConstraints(database: string, schema: string, identifier: string): Promise<string[]> {
    const key = keyOf(database, schema);
    let known = this.keys.get(key);
    if (known === undefined) this.keys.set(key, (known = this.engine.listKeyConstraints(database, schema)));
    const own = (await known).filter((entry) => entry.table.toLowerCase() === identifier.toLowerCase());
    return [...new Set(own.map((entry) => entry.type))].sort();
  }

  schemaCreated(database: string, schema: string): void {
    const key = keyOf(database, schema);
    if (!this.schemas.has(key)) this.schemas.set(key, Promise.resolve(new Map<string, RelationParts>()));
  }

  schemaDropped(database: string, schema: string): void {
    this.schemas.set(keyOf(database, schema), Promise.resolve(new Map<string, RelationParts>()));
  }

  private schema(database: string, schema: string): Promise<Map<string, RelationParts>> {
    const key = keyOf(database, schema);
    let known = this.schemas.get(key);
    if (known === undefined) {
      known = this.engine
        .listRelations(database, [schema])
        .then((rows) => new Map(rows.map((row) => [row.identifier.toLowerCase(), row])));
      this.schemas.set(key, known);
      // A failure is no knowledge: the next node asks again.
      known.catch(() => this.schemas.delete(key));
    }
    return known;
  }

  private async schemaOf({ database, schema }: RelationParts): Promise<Map<string, RelationParts> | undefined> {
    return database === null || schema === null ? undefined : this.schema(database, schema);
  }
}

function keyOf(database: string, schema: string): string {
  return `${database.toLowerCase()}\0${schema.toLowerCase()}`;
}
