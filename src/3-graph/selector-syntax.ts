import { fail } from "../contracts/diagnostic.ts";
import type { Json } from "../contracts/json.ts";
import { asText, isRecord } from "../shared/objects.ts";

/** One term such as `2+tag:nightly+` or `@fqn:my_model`. */
export interface Criterion {
  readonly kind: "criterion";
  readonly method: string;
  /** The dotted rest of a method: `config.materialized` → ["materialized"]. */
  readonly methodArguments: readonly string[];
  readonly value: string;
  /** null = not asked for; Infinity = all. */
  readonly parents: number | null;
  readonly children: number | null;
  readonly childrensParents: boolean;
  readonly indirectSelection: IndirectSelection | null;
}

export interface Combination {
  readonly kind: "union" | "intersection" | "difference";
  readonly parts: readonly Selection[];
}

export type Selection = Criterion | Combination;
export type IndirectSelection = "eager" | "cautious" | "buildable" | "empty";

const TERM =
  /^(?<at>@)?(?:(?<depthBefore>\d*)(?<before>\+))?(?:(?<method>[\w.]+):)?(?<value>.*?)(?:(?<after>\+)(?<depthAfter>\d*))?$/;

/** Parses `--select` arguments: a space means or, a comma and. */
export function parseSelection(words: readonly string[]): Selection {
  const terms = words.flatMap((word) => word.split(/\s+/)).filter((word) => word !== "");
  return { kind: "union", parts: terms.map(parseIntersection) };
}

function parseIntersection(text: string): Selection {
  const parts = text.split(",").map(parseTerm);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: "intersection", parts };
}

export function parseTerm(text: string): Criterion {
  const groups = TERM.exec(text)?.groups;
  const value = groups?.["value"] ?? "";
  if (groups === undefined || value === "")
    fail(
      "DH1601",
      `'${text}' is not a valid node selector`,
      null,
      "Examples: my_model+, tag:nightly, path:models/staging, @my_model, 2+my_model+1",
    );
  if (groups["at"] !== undefined && groups["after"] !== undefined)
    fail("DH1602", `Invalid node spec '${text}': "@" prefix and "+" suffix are incompatible`);
  const [method = "", ...methodArguments] = (groups["method"] ?? defaultMethod(value)).split(".");
  return {
    kind: "criterion",
    method,
    methodArguments,
    value,
    parents: depth(groups["before"], groups["depthBefore"]),
    children: depth(groups["after"], groups["depthAfter"]),
    childrensParents: groups["at"] !== undefined,
    indirectSelection: null,
  };
}

function depth(plus: string | undefined, digits: string | undefined): number | null {
  if (plus === undefined) return null;
  return digits === undefined || digits === "" ? Infinity : Number(digits);
}

function defaultMethod(value: string): string {
  if (value.includes("/")) return "path";
  return /\.(sql|py|csv)$/i.test(value) ? "file" : "fqn";
}

/** A definition of selectors.yml: text, {method, value, …}, or {union|intersection: […]} with `exclude` entries. */
export function parseDefinition(
  definition: Json,
  selectors: Readonly<Record<string, Json>>,
  name: string,
  depthLeft = 32,
): Selection {
  const wrong = (message: string): never => fail("DH1603", `Selector '${name}': ${message}`, { file: "selectors.yml" });
  if (depthLeft === 0) return wrong("selectors refer to each other in a circle");
  if (typeof definition === "string") return parseTerm(definition);
  if (!isRecord(definition)) return wrong(`a definition must be text or a mapping, got ${JSON.stringify(definition)}`);
  for (const kind of ["union", "intersection"] as const) {
    const list = definition[kind];
    if (list !== undefined)
      return combination(
        kind,
        Array.isArray(list) ? list : wrong(`'${kind}' needs a list`),
        selectors,
        name,
        depthLeft,
      );
  }
  if (typeof definition["method"] === "string") return criterionFromMapping(definition, selectors, name, depthLeft);
  const entries = Object.entries(definition);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return parseTerm(`${only[0]}:${asText(only[1])}`);
  return wrong("a definition needs a method and a value");
}

function combination(
  kind: "union" | "intersection",
  list: Json[],
  selectors: Readonly<Record<string, Json>>,
  name: string,
  depthLeft: number,
): Selection {
  const isExclude = (entry: Json): boolean => isRecord(entry) && "exclude" in entry;
  const included = list
    .filter((entry) => !isExclude(entry))
    .map((entry) => parseDefinition(entry, selectors, name, depthLeft - 1));
  const excluded = list
    .filter(isExclude)
    .flatMap((entry) => (entry as Record<string, Json>)["exclude"] as Json[])
    .map((entry) => parseDefinition(entry, selectors, name, depthLeft - 1));
  const base: Selection = { kind, parts: included };
  return excluded.length === 0 ? base : { kind: "difference", parts: [base, { kind: "union", parts: excluded }] };
}

function criterionFromMapping(
  definition: Record<string, Json>,
  selectors: Readonly<Record<string, Json>>,
  name: string,
  depthLeft: number,
): Selection {
  const [method = "", ...methodArguments] = asText(definition["method"]).split(".");
  const value = asText(definition["value"] ?? "");
  if (method === "selector") {
    const other = selectors[value];
    if (!isRecord(other))
      fail("DH1604", `Selector '${name}' inherits '${value}', which does not exist`, { file: "selectors.yml" });
    return parseDefinition(other["definition"] as Json, selectors, value, depthLeft - 1);
  }
  const depthOf = (flag: Json | undefined, limit: Json | undefined): number | null =>
    flag !== true ? null : typeof limit === "number" ? limit : Infinity;
  const criterion: Criterion = {
    kind: "criterion",
    method,
    methodArguments,
    value,
    parents: depthOf(definition["parents"], definition["parents_depth"]),
    children: depthOf(definition["children"], definition["children_depth"]),
    childrensParents: definition["childrens_parents"] === true,
    indirectSelection:
      typeof definition["indirect_selection"] === "string"
        ? (definition["indirect_selection"] as IndirectSelection)
        : null,
  };
  const excluded = definition["exclude"];
  if (!Array.isArray(excluded)) return criterion;
  return {
    kind: "difference",
    parts: [
      criterion,
      { kind: "union", parts: excluded.map((entry) => parseDefinition(entry, selectors, name, depthLeft - 1)) },
    ],
  };
}
