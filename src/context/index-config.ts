import { iterate, PyDict, PyObject, pyStr, raise, truthy, type Value } from "../jinja/values.ts";
import { md5 } from "../shared/checksum.ts";
import { hostFunction } from "./host-function.ts";

/** What `adapter.parse_index` makes of an entry of `indexes`. */
export class IndexConfig extends PyObject {
  readonly pyType = "IndexConfig";
  private readonly columns: readonly string[];
  private readonly unique: boolean;
  private readonly type: Value;

  constructor(entry: Value) {
    super();
    if (!(entry instanceof PyDict))
      raise("CompilationError", `An entry of 'indexes' must be a mapping with columns, got ${pyStr(entry)}`);
    const columns = entry.get("columns");
    if (columns === undefined || columns === null) raise("CompilationError", "An entry of 'indexes' needs `columns`");
    this.columns = [...iterate(columns)].map((column) => pyStr(column));
    this.unique = truthy(entry.get("unique") ?? false);
    this.type = entry.get("type") ?? null;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "columns":
        return [...this.columns];
      case "unique":
        return this.unique;
      case "type":
        return this.type;
      // The moment is part of the name: an index of the table's earlier self may still exist.
      case "render":
        return hostFunction(name, ["relation"], (relation) =>
          md5([...this.columns, pyStr(relation ?? null), String(this.unique), new Date().toISOString()].join("_")),
        );
      default:
        return undefined;
    }
  }
}
