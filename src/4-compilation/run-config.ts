import type { NodeConfig } from "../contracts/manifest.ts";
import { toPython } from "../context/convert.ts";
import { hostFunction } from "../context/host-function.ts";
import { PyDict, PyObject, pyStr, raise, type Value } from "../jinja/values.ts";
import { isRecord } from "../shared/objects.ts";

/** `config` while a node runs: its final values. */
export class RunConfig extends PyObject {
  readonly pyType = "RuntimeConfigObject";
  private readonly config: NodeConfig;
  private readonly nodeId: string;
  private readonly model: () => Value;

  /** `model`: the node, for macros that read `config.model`. */
  constructor(config: NodeConfig, nodeId: string, model: () => Value) {
    super();
    this.config = config;
    this.nodeId = nodeId;
    this.model = model;
  }

  override call(): Value {
    return "";
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "set":
        return () => "";
      case "get":
        return hostFunction(name, ["name", "default?", "validator?"], (key, fallback, validator) =>
          this.validated(this.lookup(key, fallback ?? null), fallback === undefined ? undefined : validator),
        );
      case "require":
        return hostFunction(name, ["name", "validator?"], (key, validator) =>
          this.validated(this.lookup(key, undefined), validator),
        );
      case "meta_get":
        return hostFunction(name, ["name", "default?", "validator?"], (key, fallback, validator) =>
          this.validated(this.lookupMeta(key, fallback ?? null), fallback === undefined ? undefined : validator),
        );
      case "meta_require":
        return hostFunction(name, ["name", "validator?"], (key, validator) =>
          this.validated(this.lookupMeta(key, undefined), validator),
        );
      case "persist_relation_docs":
        return () => this.persists("relation");
      case "persist_column_docs":
        return () => this.persists("columns");
      case "model":
        return this.model();
      default:
        return undefined;
    }
  }

  private lookup(key: Value | undefined, fallback: Value | undefined): Value {
    const name = pyStr(key ?? null);
    if (name === "snapshot_table_column_names") return this.snapshotColumns();
    const written = Object.hasOwn(this.config, name) ? name : name.replace(/^(pre|post)_hook$/, "$1-hook");
    if (Object.hasOwn(this.config, written)) return toPython(this.config[written] ?? null);
    return fallback ?? this.missing(name, fallback);
  }

  /** dbt's names of a snapshot's own columns, where the config gives no others. */
  private snapshotColumns(): Value {
    const given = this.config["snapshot_meta_column_names"];
    const names = ["dbt_valid_from", "dbt_valid_to", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"];
    return PyDict.from(
      Object.fromEntries(
        names.map((name) => [name, isRecord(given) && typeof given[name] === "string" ? given[name] : name]),
      ),
    );
  }

  private lookupMeta(key: Value | undefined, fallback: Value | undefined): Value {
    const name = pyStr(key ?? null);
    const { meta } = this.config;
    if (isRecord(meta) && Object.hasOwn(meta, name)) return toPython(meta[name]);
    return fallback ?? this.missing(name, fallback);
  }

  private missing(name: string, fallback: Value | undefined): Value {
    if (fallback === undefined)
      raise("CompilationError", `Model '${this.nodeId}' does not define a required config parameter '${name}'.`);
    return fallback;
  }

  private validated(value: Value, validator: Value | undefined): Value {
    if (typeof validator === "function") validator([value], Object.create(null) as Record<string, Value>);
    return value;
  }

  private persists(part: string): Value {
    const docs = toPython(this.config["persist_docs"] ?? null);
    if (docs === null) return false;
    if (!(docs instanceof PyDict))
      raise("CompilationError", `Invalid value provided for 'persist_docs'. Expected dict but received ${pyStr(docs)}`);
    return docs.get(part) ?? false;
  }
}
