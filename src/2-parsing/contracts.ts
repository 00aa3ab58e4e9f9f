import { diagnostic, fail, type Place } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { asText } from "../shared/objects.ts";
import type { ParseState } from "./parse-state.ts";
import type { PropertyEntry } from "./property-files.ts";
import { writtenReferences } from "./written-references.ts";

const TYPES = ["check", "not_null", "unique", "primary_key", "foreign_key", "custom"];

/** Materializations that make a table, which can hold constraints. */
const WITH_CONSTRAINTS = ["table", "incremental"];

/** What a contract and a model's constraints must be for the model to run at all. */
export function checkContract(state: ParseState, node: ManifestNode, entry: PropertyEntry): void {
  if (node.contract.enforced) checkEnforced(state, node, entry);
  checkPrimaryKey(node, entry.placeOf(["columns"]));
}

function checkEnforced({ diagnostics }: ParseState, node: ManifestNode, entry: PropertyEntry): void {
  const place = entry.placeOf(["columns"]);
  const materialized = asText(node.config["materialized"]);
  if (
    !WITH_CONSTRAINTS.includes(materialized) &&
    constraintsOf(node).some(({ warn_unsupported: warns }) => warns === true)
  )
    diagnostics.push(
      diagnostic(
        "DH1317",
        `Constraint types are not supported for ${materialized} materializations and will be ignored (${node.unique_id}).`,
        place,
        "Set 'warn_unsupported: false' on the constraints to ignore this warning.",
        "warning",
      ),
    );
  if (Object.keys(node.columns).length === 0) {
    fail(
      "DH1206",
      `Constraints must be defined in a \`yml\` schema configuration file: the contract of '${node.name}' has no columns`,
      place,
      "List every column with its data_type.",
    );
  }
  if (node.language !== "sql")
    fail(
      "DH1206",
      `Language Error: Expected 'sql' but found '${node.language}': the contract of '${node.name}'`,
      place,
    );
  const unknown = (node.constraints ?? []).find(({ type }) => !TYPES.includes(asText(type)));
  if (unknown !== undefined)
    fail(
      "DH1206",
      `Invalid constraint type on model ${node.name}: ${asText(unknown["type"])}`,
      entry.placeOf(["constraints"]),
      `One of: ${TYPES.join(", ")}.`,
    );
  const change = node.config["on_schema_change"];
  if (materialized === "incremental" && change !== "append_new_columns" && change !== "fail") {
    fail(
      "DH1207",
      `Invalid value for on_schema_change: ${asText(change)}. Models materialized as incremental with contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'`,
      entry.placeOf(["config"]),
    );
  }
}

/** A table has one primary key: it stands at one column, or at the model with all of its columns. */
function checkPrimaryKey(node: ManifestNode, place: Place): void {
  const isKey = ({ type }: JsonObject): boolean => type === "primary_key";
  const columns = Object.values(node.columns).flatMap(({ name, constraints }) =>
    constraints.filter(isKey).map(() => name),
  );
  const listed = columns.map((name) => `'${name}'`).join(", ");
  if (columns.length > 1)
    fail(
      "DH1206",
      `Found ${String(columns.length)} columns ([${listed}]) with primary key constraints defined. Primary keys for multiple columns must be defined as a model level constraint.`,
      place,
    );
  if (columns.length > 0 && (node.constraints ?? []).some(isKey))
    fail(
      "DH1206",
      "Primary key constraints defined at the model level and the columns level. Primary keys can be defined at the model level or the column level, not both.",
      place,
    );
}

function constraintsOf(node: ManifestNode): JsonObject[] {
  return [...(node.constraints ?? []), ...Object.values(node.columns).flatMap((column) => column.constraints)];
}

/** `to: ref('x')` of a foreign key makes x a parent. */
export function foreignKeyRefs(node: ManifestNode, place: Place): void {
  for (const constraint of constraintsOf(node)) {
    const to = constraint["to"];
    if (constraint["type"] !== "foreign_key" || typeof to !== "string") continue;
    if (!/^\s*(ref|source)\s*\(.*\)\s*$/s.test(to))
      fail(
        "DH1206",
        `Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model ${node.name}: ${to}.`,
        place,
        "to: ref('orders')",
      );
    const { refs, sources } = writtenReferences(to, node.original_file_path);
    node.refs.push(...refs);
    node.sources.push(...sources);
  }
}
