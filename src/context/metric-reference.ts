import { PyObject } from "../jinja/objects.ts";
import { PyDict, pyStr, raise, type HostFunction, type Value } from "../jinja/values.ts";

/** What `metric('name')` gives: it prints as its name, and has the metric's fields once the project is parsed. */
export class MetricReference extends PyObject {
  readonly pyType: string;
  private readonly members: ReadonlyMap<string, Value>;
  private readonly fields: PyDict | null;
  private readonly name: string;

  constructor(name: string, packageName: string | null, fields: PyDict | null = null) {
    super();
    this.name = name;
    this.pyType = fields === null ? "MetricReference" : "ResolvedMetricReference";
    this.members = new Map([
      ["metric_name", name],
      ["package_name", packageName],
    ]);
    this.fields = fields;
  }

  override getAttribute(name: string): Value | undefined {
    return this.fields?.get(name) ?? this.members.get(name);
  }

  override str(): string {
    return this.name;
  }
}

/** `metric()` of a node that runs. `graph` is the templates' variable of that name. */
export function metricFunction(graph: () => Value): HostFunction {
  return (args) => {
    const [name = "", packageName = null] = args.map((arg) => pyStr(arg)).reverse();
    const metrics = memberOf(graph(), "metrics");
    const found = (metrics instanceof PyDict ? [...metrics.values()] : []).find(
      (metric) =>
        memberOf(metric, "name") === name && (packageName === null || memberOf(metric, "package_name") === packageName),
    );
    if (!(found instanceof PyDict)) raise("CompilationError", `The metric '${name}' was not found`);
    return new MetricReference(name, pyStr(found.get("package_name") ?? null), found);
  };
}

function memberOf(value: Value, key: string): Value | undefined {
  return value instanceof PyDict ? value.get(key) : undefined;
}
