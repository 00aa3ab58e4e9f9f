import type { BridgeAnswers } from "../contracts/bridge.ts";
import type { ManifestNode, SourceNode } from "../contracts/manifest.ts";
import type { Found, RefLookup } from "../context/ref-lookup.ts";
import { eventTimeField } from "./event-time.ts";
import type { Resolving } from "./resolve-reference.ts";

/** Where an engine finds what a node or source is stored as; null: where the manifest says. */
export type WhereFound = (uniqueId: string) => RelationPlace | null;

export interface RelationPlace {
  readonly database: string | null;
  readonly schema: string;
  readonly identifier: string;
}

/** What a reference means to the engine that asks. */
export function answerReference(
  request: Resolving,
  { lookup, whereFound }: { readonly lookup: RefLookup; readonly whereFound: WhereFound },
): BridgeAnswers[Resolving["op"]] {
  if (request.op === "resolve-function")
    return refTarget(lookup.function(request.args, request.fromPackage), whereFound);
  return request.op === "resolve-ref"
    ? refTarget(lookup.ref(request.ref, request.fromPackage), whereFound)
    : sourceTarget(lookup.source(request.source, request.table, request.fromPackage), whereFound);
}

function refTarget(found: Found<ManifestNode>, whereFound: WhereFound): BridgeAnswers["resolve-ref"] {
  if (found === null || "disabled" in found) return found;
  const { unique_id, name, resource_type, database, schema, alias, config } = found.node;
  const { materialized = null, quoting = null } = config;
  const place = whereFound(unique_id) ?? { database, schema, identifier: alias };
  return {
    node: {
      unique_id,
      name,
      resource_type,
      database: place.database,
      schema: place.schema,
      alias: place.identifier,
      config: { materialized, quoting },
      eventTime: eventTimeField(found.node),
    },
  };
}

/** A source that is found in another place is a plain table there. */
function sourceTarget(found: Found<SourceNode>, whereFound: WhereFound): BridgeAnswers["resolve-source"] {
  if (found === null || "disabled" in found) return found;
  const place = whereFound(found.node.unique_id);
  return place === null ? found : { node: { ...found.node, ...place, meta: {}, config: {} } };
}
