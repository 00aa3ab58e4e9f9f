import { isDeepStrictEqual } from "node:util";
import { diagnostic } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { GenericResource, RefArgs } from "../contracts/manifest.ts";
import { RefLookup } from "../context/ref-lookup.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asList, asText, isRecord } from "../shared/objects.ts";
import type { ParseState } from "./parse-state.ts";
import { missingRef } from "./resolve-references.ts";

/** Fills in what metrics, semantic models and saved queries depend on, once everything is there. */
export function resolveSemantic(state: ParseState): void {
  const { manifest } = state;
  const lookup = new RefLookup(manifest, state.project.root.name, state.env.invocation.flags);
  for (const model of Object.values(manifest.semantic_models)) resolveSemanticModel(state, model, lookup);
  const metrics = new MetricResolver(state);
  for (const metric of Object.values(manifest.metrics)) metrics.resolve(metric);
  for (const query of Object.values(manifest.saved_queries)) {
    const params = isRecord(query["query_params"]) ? query["query_params"] : {};
    for (const name of asList(params["metrics"] as Json[])) {
      const found = metrics.find(asText(name), query);
      if (found !== null) addParent(query, found.unique_id);
    }
  }
  for (const node of [...Object.values(manifest.nodes), ...Object.values(manifest.exposures)]) {
    for (const args of node.metrics) {
      const found = metrics.find(args.at(-1) ?? "", node, args.length > 1 ? args[0] : undefined);
      if (found !== null) addParent(node, found.unique_id);
    }
  }
}

function addParent(resource: { depends_on: { nodes: string[] } }, id: string): void {
  if (!resource.depends_on.nodes.includes(id)) resource.depends_on.nodes.push(id);
}

function resolveSemanticModel(state: ParseState, model: GenericResource, lookup: RefLookup): void {
  for (const ref of asList(model["refs"] as RefArgs[])) {
    const found = lookup.ref(ref, model.package_name);
    if (found === null || !("node" in found)) {
      if (!state.broken.has(ref.name)) missingRef(state, model, ref, found !== null, lookup);
      continue;
    }
    const { unique_id, alias, schema, database, relation_name } = found.node;
    addParent(model, unique_id);
    model["node_relation"] = { alias, schema_name: schema, database, relation_name };
  }
}

type Asking = Pick<GenericResource, "name" | "package_name" | "original_file_path"> & {
  readonly resource_type: string;
};

class MetricResolver {
  private readonly state: ParseState;
  private readonly byMeasure = new Map<string, string>();
  private readonly done = new Set<string>();

  constructor(state: ParseState) {
    this.state = state;
    for (const model of Object.values(state.manifest.semantic_models))
      for (const measure of measuresOf(model))
        if (!this.byMeasure.has(measure)) this.byMeasure.set(measure, model.unique_id);
  }

  /** A metric by its name, of a package or else of the root project, of the asking one's package, of any. */
  find(name: string, from: Asking, packageName?: string): GenericResource | null {
    const { manifest, project, diagnostics } = this.state;
    const named = Object.values(manifest.metrics).filter(
      (metric) => metric.name === name && metric.package_name === (packageName ?? metric.package_name),
    );
    const found =
      named.find((metric) => metric.package_name === project.root.name) ??
      named.find((metric) => metric.package_name === from.package_name) ??
      named[0];
    if (found !== undefined) return found;
    const known = Object.values(manifest.metrics).map((metric) => metric.name);
    diagnostics.push(
      diagnostic(
        "DH1404",
        `The metric '${name}' does not exist but was referenced by ${from.resource_type} '${from.name}'.`,
        { file: from.original_file_path },
        didYouMean(name, known),
      ),
    );
    return null;
  }

  private missingMeasure(name: string, metric: GenericResource): void {
    const { manifest, diagnostics } = this.state;
    const switchedOff = (Object.values(manifest.disabled).flat() as GenericResource[]).find(
      (other) => other.resource_type === "semantic_model" && measuresOf(other).includes(name),
    );
    const message =
      switchedOff === undefined
        ? `A semantic model having a measure \`${name}\` does not exist but was referenced.`
        : `The measure \`${name}\` is referenced on disabled semantic model \`${switchedOff.name}\`.`;
    const place = { file: metric.original_file_path };
    diagnostics.push(diagnostic("DH1404", message, place, didYouMean(name, this.byMeasure.keys())));
  }

  resolve(metric: GenericResource): JsonObject[] {
    const params = metric["type_params"] as JsonObject;
    const measures = params["input_measures"] as JsonObject[];
    if (this.done.has(metric.unique_id)) return measures;
    this.done.add(metric.unique_id);
    for (const measure of ownMeasures(params)) {
      addMeasure(measures, measure);
      const model = this.byMeasure.get(asText(measure["name"]));
      if (model !== undefined) addParent(metric, model);
      else this.missingMeasure(asText(measure["name"]), metric);
    }
    for (const input of inputMetrics(asText(metric["type"]), params)) {
      const found = this.find(asText(input["name"]), metric);
      if (found === null) continue;
      for (const measure of this.resolve(found)) addMeasure(measures, measure);
      addParent(metric, found.unique_id);
    }
    return measures;
  }
}

function measuresOf(model: GenericResource): string[] {
  return asList(model["measures"] as JsonObject[]).map((measure) => asText(measure["name"]));
}

function addMeasure(measures: JsonObject[], measure: JsonObject): void {
  if (!measures.some((other) => isDeepStrictEqual(other, measure))) measures.push(measure);
}

function ownMeasures(params: JsonObject): JsonObject[] {
  const conversion = isRecord(params["conversion_type_params"]) ? params["conversion_type_params"] : {};
  return [params["measure"], conversion["base_measure"], conversion["conversion_measure"]].filter(
    isRecord,
  ) as JsonObject[];
}

function inputMetrics(type: string, params: JsonObject): JsonObject[] {
  const list = type === "ratio" ? [params["numerator"], params["denominator"]] : asList(params["metrics"] as Json[]);
  return list.filter(isRecord) as JsonObject[];
}
