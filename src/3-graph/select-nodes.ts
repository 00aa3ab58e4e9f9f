import { fail } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { GraphNode } from "../contracts/manifest.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asText, isRecord } from "../shared/objects.ts";
import { parentsOf, type ProjectGraph } from "./build-graph.ts";
import { matches } from "./selector-methods.ts";
import { STATE_METHODS, type StateMatcher } from "./state/state-matcher.ts";
import {
  parseDefinition,
  parseSelection,
  parseTerm,
  type Asked,
  type Criterion,
  type IndirectSelection,
  type Selection,
} from "./selector-syntax.ts";

export interface SelectOptions {
  readonly graph: ProjectGraph;
  readonly rootPackage: string;
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  readonly selector: string | null;
  readonly selectors: JsonObject;
  readonly indirectSelection: IndirectSelection;
  readonly state: StateMatcher;
  readonly keep: (node: GraphNode) => boolean;
}

export interface SelectedNodes {
  readonly ids: ReadonlySet<string>;
  /** Words of the command line that fit nothing, for dbt's warning. */
  readonly unmatched: readonly string[];
}

/** What is selected where nothing is named: names alone do not mean sources. */
const EVERYTHING: Selection = { kind: "union", parts: [parseTerm("fqn:*"), parseTerm("source:*")] };

/** The nodes a command works on. Throws DiagnosticError for a selector that cannot be read. */
export function selectNodes(options: SelectOptions): SelectedNodes {
  const run = new SelectionRun(options);
  const definition = wanted(options);
  const { direct, indirect } = run.evaluate(definition);
  for (const id of indirect) {
    const node = options.graph.nodes.get(id);
    if (node !== undefined && parentsOf(node).every((parent) => direct.has(parent))) direct.add(id);
  }
  const ids = new Set<string>();
  for (const id of direct) {
    const node = options.graph.nodes.get(id);
    if (node !== undefined && options.keep(node)) ids.add(id);
  }
  return { ids, unmatched: run.unmatched };
}

function wanted({ select, exclude, selector, selectors }: SelectOptions): Selection {
  if (selector !== null) return namedSelector(selector, selectors);
  const byDefault = Object.values(selectors).find((entry) => isRecord(entry) && entry["default"] === true);
  if (select.length === 0 && exclude.length === 0 && isRecord(byDefault))
    return namedSelector(asText(byDefault["name"]), selectors);
  const included = select.length === 0 ? EVERYTHING : parseSelection(select);
  return exclude.length === 0 ? included : { kind: "difference", parts: [included, parseSelection(exclude)] };
}

function namedSelector(name: string, selectors: JsonObject): Selection {
  const entry = selectors[name];
  if (!isRecord(entry))
    fail(
      "DH1609",
      `Could not find selector named ${name}, expected one of ${JSON.stringify(Object.keys(selectors))}`,
      { file: "selectors.yml" },
      didYouMean(name, Object.keys(selectors)),
    );
  return parseDefinition(entry["definition"] as Json, selectors, name);
}

interface Found {
  readonly direct: Set<string>;
  /** Tests that join only if all they depend on is selected in the end. */
  readonly indirect: Set<string>;
}

class SelectionRun {
  readonly unmatched: string[] = [];
  private readonly options: SelectOptions;

  constructor(options: SelectOptions) {
    this.options = options;
  }

  evaluate(selection: Selection): Found {
    switch (selection.kind) {
      case "criterion":
        return this.criterion(selection);
      case "asked":
        return this.asked(selection);
      case "union":
        return selection.parts
          .map((part) => this.evaluate(part))
          .reduce((a, b) => ({ direct: union(a.direct, b.direct), indirect: union(a.indirect, b.indirect) }), empty());
      case "intersection":
        return this.intersection(selection.parts);
      case "difference": {
        const [included, ...excluded] = selection.parts.map((part) => this.evaluate(part));
        const { direct, indirect } = included ?? empty();
        for (const found of excluded) {
          for (const id of found.direct) {
            direct.delete(id);
            indirect.delete(id);
          }
        }
        return { direct, indirect };
      }
    }
  }

  private asked({ word, part }: Asked): Found {
    const found = this.evaluate(part);
    if (found.direct.size === 0) this.unmatched.push(word);
    return found;
  }

  private intersection(parts: readonly Selection[]): Found {
    const found = parts.map((part) => this.evaluate(part));
    const [first, ...rest] = found;
    if (first === undefined) return empty();
    const everywhere = (id: string): boolean => rest.every((other) => other.direct.has(id) || other.indirect.has(id));
    const indirect = new Set([...first.indirect, ...rest.flatMap((other) => [...other.indirect])]);
    return {
      direct: new Set([...first.direct].filter((id) => rest.every((other) => other.direct.has(id)))),
      indirect: new Set(
        [...indirect].filter((id) => everywhere(id) && (first.direct.has(id) || first.indirect.has(id))),
      ),
    };
  }

  private criterion(criterion: Criterion): Found {
    if (criterion.method === "selector") return this.evaluate(namedSelector(criterion.value, this.options.selectors));
    const collected = this.matching(criterion);
    const mode = criterion.indirectSelection ?? this.options.indirectSelection;
    const selected = union(collected, this.neighbours(criterion, collected));
    if (mode === "empty") return { direct: selected, indirect: new Set() };
    const allowed = mode === "buildable" ? this.buildable(selected) : selected;
    return this.withTests(selected, allowed, mode);
  }

  /** What a test may read where only this is built: sources are always there. */
  private buildable(selected: ReadonlySet<string>): Set<string> {
    const { graph } = this.options;
    const sources = [...graph.nodes.values()].filter((node) => node.resource_type === "source");
    const above = union(selected, graph.reach(selected, "parents", null));
    return union(above, new Set(sources.map((source) => source.unique_id)));
  }

  private matching({ method, methodArguments, value }: Criterion): Set<string> {
    const { graph, rootPackage, state } = this.options;
    const fits = STATE_METHODS.includes(method)
      ? state.matcher(method, [value, ...methodArguments].join("."))
      : (node: GraphNode): boolean => matches(node, method, value, { rootPackage, methodArguments });
    const found = new Set<string>();
    for (const [id, node] of graph.nodes) if (fits(node)) found.add(id);
    return found;
  }

  private neighbours(criterion: Criterion, collected: ReadonlySet<string>): Set<string> {
    const { graph } = this.options;
    const finite = (depth: number): number | null => (depth === Infinity ? null : depth);
    let result = new Set<string>();
    if (criterion.childrensParents) {
      const children = graph.reach(collected, "children", null);
      result = union(children, graph.reach(union(new Set(collected), children), "parents", null));
    }
    if (criterion.parents !== null)
      result = union(result, graph.reach(collected, "parents", finite(criterion.parents)));
    if (criterion.children !== null)
      result = union(result, graph.reach(collected, "children", finite(criterion.children)));
    return result;
  }

  /** Tests come along with what they test. Source: https://docs.getdbt.com/reference/node-selection/test-selection-examples#indirect-selection */
  private withTests(selected: Set<string>, allowed: ReadonlySet<string>, mode: IndirectSelection): Found {
    const direct = new Set(selected);
    const indirect = new Set<string>();
    for (const [id, node] of this.options.graph.nodes) {
      if (node.resource_type !== "test" && node.resource_type !== "unit_test") continue;
      const tested = parentsOf(node);
      if (!tested.some((parent) => selected.has(parent))) continue;
      if (mode === "eager" || tested.every((parent) => allowed.has(parent))) direct.add(id);
      else indirect.add(id);
    }
    return { direct, indirect };
  }
}

function empty(): Found {
  return { direct: new Set(), indirect: new Set() };
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> {
  return new Set([...a, ...b]);
}
