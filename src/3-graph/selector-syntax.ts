import { fail } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
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

/** A word of the command line, which should fit something. */
export interface Asked {
  readonly kind: "asked";
  readonly word: string;
  readonly part: Selection;
}

export type Selection = Criterion | Combination | Asked;
export type IndirectSelection = "eager" | "cautious" | "buildable" | "empty";

const TERM =
  /^(?<at>@)?(?:(?<depthBefore>\d*)(?<before>\+))?(?:(?<method>[\w.]+):)?(?<value>.*?)(?:(?<after>\+)(?<depthAfter>\d*))?$/;

/** Parses `--select` arguments: a space means or, a comma and. */
export function parseSelection(words: readonly string[]): Selection {
  const terms = words.flatMap((word) => word.split(/\s+/)).filter((word) => word !== "");
  return { kind: "union", parts: terms.map((word) => ({ kind: "asked", word, part: parseIntersection(word) })) };
}

function parseIntersection(text: string): Selection {
  const parts = text.split(",").map(parseTerm);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: "intersection", parts };
}

export function parseTerm(text: string): Criterion {
  return criterion(splitTerm(text));
}

/** A term as the mapping that says the same in selectors.yml. */
export function splitTerm(text: string): JsonObject {
  const groups = TERM.exec(text)?.groups;
  const value = groups?.["value"] ?? "";
  if (groups === undefined || value === "")
    fail(
      "DH1601",
      `'${text}' is not a valid node selector`,
      null,
      "Examples: my_model+, tag:nightly, path:models/staging, @my_model, 2+my_model+1",
    );
  const { at, before, depthBefore, method, after, depthAfter } = groups;
  if (at !== undefined && after !== undefined)
    fail("DH1602", `Invalid node spec '${text}': "@" prefix and "+" suffix are incompatible`);
  return {
    ...(at === undefined ? {} : { childrens_parents: true }),
    ...(before === undefined ? {} : { parents: true }),
    ...(depthBefore === undefined || depthBefore === "" ? {} : { parents_depth: depthBefore }),
    method: method ?? defaultMethod(value),
    value,
    ...(after === undefined ? {} : { children: true }),
    ...(depthAfter === undefined || depthAfter === "" ? {} : { children_depth: depthAfter }),
  };
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
  if (entries.length === 1 && only !== undefined) return criterion({ method: only[0], value: only[1] });
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
  definition: JsonObject,
  selectors: Readonly<Record<string, Json>>,
  name: string,
  depthLeft: number,
): Selection {
  if (definition["method"] === "selector") {
    const value = asText(definition["value"]);
    const other = selectors[value];
    if (!isRecord(other))
      fail("DH1604", `Selector '${name}' inherits '${value}', which does not exist`, { file: "selectors.yml" });
    return parseDefinition(other["definition"] as Json, selectors, value, depthLeft - 1);
  }
  const excluded = definition["exclude"];
  if (!Array.isArray(excluded)) return criterion(definition);
  return {
    kind: "difference",
    parts: [
      criterion(definition),
      { kind: "union", parts: excluded.map((entry) => parseDefinition(entry, selectors, name, depthLeft - 1)) },
    ],
  };
}

function criterion(definition: JsonObject): Criterion {
  const [method = "", ...methodArguments] = asText(definition["method"]).split(".");
  const depthOf = (flag: Json | undefined, limit: Json | undefined): number | null =>
    flag !== true ? null : limit === undefined || limit === null ? Infinity : Number(limit);
  const indirect = definition["indirect_selection"];
  return {
    kind: "criterion",
    method,
    methodArguments,
    value: asText(definition["value"] ?? ""),
    parents: depthOf(definition["parents"], definition["parents_depth"]),
    children: depthOf(definition["children"], definition["children_depth"]),
    childrensParents: definition["childrens_parents"] === true,
    indirectSelection: typeof indirect === "string" ? (indirect as IndirectSelection) : null,
  };
}
