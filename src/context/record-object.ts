import type { JsonObject } from "../contracts/json.ts";
import { asList, asText } from "../shared/objects.ts";
import { toPython } from "./convert.ts";
import { parseDateTime } from "./decode-result.ts";
import { PyDict, PyObject, pyStr, type Value } from "../jinja/values.ts";

/** An object of dbt's that templates read by attribute, such as a node's result, and that `to_dict()` makes a dict of. */
export class RecordObject extends PyObject {
  readonly pyType: string;
  private readonly fields: PyDict;
  private readonly special: Readonly<Record<string, Value>>;

  /** `special`: fields that are something else as attributes than in the dict. */
  constructor(pyType: string, fields: PyDict, special: Readonly<Record<string, Value>> = {}) {
    super();
    this.pyType = pyType;
    this.fields = fields;
    this.special = special;
  }

  override getAttribute(name: string): Value | undefined {
    if (name === "to_dict") return () => PyDict.fromEntries(this.fields.entries());
    return this.getItem(name);
  }

  override getItem(key: Value): Value | undefined {
    return (typeof key === "string" ? this.special[key] : undefined) ?? this.fields.get(key);
  }

  override truthy(): boolean {
    return true;
  }

  override str(): string {
    return `${this.pyType}(${[...this.fields.entries()].map(([key, value]) => `${pyStr(key)}=${pyStr(value)}`).join(", ")})`;
  }
}

/** What on-run-end hooks see of a node's result. */
export function resultObject(result: JsonObject): Value {
  const fields = toPython(result) as PyDict;
  const timing = asList(result["timing"] as JsonObject[]).map((span) => timingObject(span));
  const node = fields.get("node");
  return new RecordObject("RunResult", fields, {
    timing,
    ...(node instanceof PyDict ? { node: new RecordObject("Node", node) } : {}),
  });
}

function timingObject(span: JsonObject): Value {
  const moment = (key: string): Value => parseDateTime(asText(span[key]).replace(/Z$/, ""));
  return new RecordObject("TimingInfo", toPython(span) as PyDict, {
    started_at: moment("started_at"),
    completed_at: moment("completed_at"),
  });
}
