import { PyDict, PyObject, pyStr, raise, type Value } from "../jinja/values.ts";
import { md5 } from "../shared/checksum.ts";
import { hostFunction } from "./host-function.ts";

const KEYS = ["columns", "unique"];

function wrong(message: string): never {
  raise("CompilationError", `Could not parse index config: ${message}`);
}

/** What `adapter.parse_index` makes of an entry of `indexes`. */
export class IndexConfig extends PyObject {
  readonly pyType = "IndexConfig";
  private readonly columns: readonly string[];
  private readonly unique: boolean;

  constructor(entry: Value) {
    super();
    if (!(entry instanceof PyDict)) wrong(`an entry must be a mapping with columns, got ${pyStr(entry)}`);
    const unknown = [...entry.keys()].map((key) => pyStr(key)).filter((key) => !KEYS.includes(key));
    if (unknown.length > 0) wrong(`there is no \`${unknown.join("`, `")}\`, only columns and unique`);
    const [columns, unique = false] = KEYS.map((key) => entry.get(key));
    if (!Array.isArray(columns) || !columns.every((column) => typeof column === "string"))
      wrong("`columns` must be a list of names");
    if (typeof unique !== "boolean") wrong("`unique` must be true or false");
    this.columns = columns;
    this.unique = unique;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "columns":
        return [...this.columns];
      case "unique":
        return this.unique;
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
