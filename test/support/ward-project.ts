import { trinoPort, trinoRows } from "./lakehouse.ts";
import { writeProject } from "./write-project.ts";

/** A schema of a test file's own on the tests' Trino, and projects that write to it. */
export class Ward {
  readonly schema: string;
  private readonly catalog: string;

  constructor(name: string, catalog = "lake") {
    this.catalog = catalog;
    this.schema = `${name}_${String(process.pid)}`;
  }

  write(folder: string, files: Readonly<Record<string, string>>): void {
    writeProject(folder, {
      "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
      "profiles.yml": `ward:
  target: trino
  outputs:
    trino: { type: trino, host: 127.0.0.1, port: ${String(trinoPort())}, user: nurse, catalog: ${this.catalog}, schema: ${this.schema}, threads: 2 }
`,
      ...files,
    });
  }

  rowsOf(table: string): Promise<readonly (readonly unknown[])[]> {
    return trinoRows(`select * from ${this.catalog}.${this.schema}.${table} order by 1`);
  }

  /** What the tests left goes; for afterAll. */
  async drop(): Promise<void> {
    const found = await trinoRows(
      `select t.table_name, t.table_type, m.name is not null from ${this.catalog}.information_schema.tables t
       left join system.metadata.materialized_views m on m.catalog_name = '${this.catalog}' and m.schema_name = t.table_schema and m.name = t.table_name
       where t.table_schema = '${this.schema}'`,
    );
    for (const [name, kind, isMaterialized] of found)
      await trinoRows(
        `drop ${isMaterialized === true ? "materialized view" : kind === "VIEW" ? "view" : "table"} ${this.catalog}.${this.schema}."${String(name)}"`,
      );
    await trinoRows(`drop schema if exists ${this.catalog}.${this.schema}`);
  }
}
