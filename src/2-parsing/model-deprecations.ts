import { diagnostic, type Diagnostic, type Place } from "../contracts/diagnostic.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";

/**
 * Models that have a `deprecation_date`, and the models that refer to them. It is asked at every command: a day passes
 * without a file of the project changing.
 */
export function modelDeprecations({ nodes }: Manifest, now: Date): Diagnostic[] {
  const models = Object.values(nodes).filter((node) => node.resource_type === "model");
  return models.flatMap((model) => {
    const date = model.deprecation_date;
    if (typeof date !== "string") return [];
    const isPast = Date.parse(date) < now.getTime();
    const readers = models.filter((reader) => reader.depends_on.nodes.includes(model.unique_id));
    const references = readers.map((reader) => reference(reader, model, date, isPast));
    return isPast ? [passed(model, date), ...references] : references;
  });
}

function passed(model: ManifestNode, date: string): Diagnostic {
  const message = `Model ${nameOf(model)} has passed its deprecation date of ${date}. This model should be disabled or removed.`;
  return diagnostic("DH1314", message, placeOf(model), null, "warning");
}

function reference(reader: ManifestNode, model: ManifestNode, date: string, isPast: boolean): Diagnostic {
  const how = isPast ? "was deprecated on" : "is slated for deprecation on";
  const message = `While compiling '${reader.name}': Found a reference to ${nameOf(model)}, which ${how} '${date}'.`;
  const latest = model.latest_version ?? null;
  const isOlder = (model.version ?? null) !== null && String(model.version) !== String(latest);
  const hint = isOlder
    ? `A new version of '${model.name}' is available: {{ ref('${model.package_name}', '${model.name}', v='${String(latest)}') }}.`
    : null;
  return diagnostic(isPast ? "DH1315" : "DH1316", message, placeOf(reader), hint, "warning");
}

function nameOf({ name, version = null }: ManifestNode): string {
  return version === null ? name : `${name}.v${String(version)}`;
}

function placeOf(node: ManifestNode): Place {
  return { file: node.original_file_path, line: node._line ?? null };
}
