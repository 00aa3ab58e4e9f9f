import { selectNodes } from "../3-graph/select-nodes.ts";
import { StateMatcher } from "../3-graph/state/state-matcher.ts";
import type { GraphNode } from "../contracts/manifest.ts";
import { asText } from "../shared/objects.ts";
import type { Session } from "./session.ts";
import { warn } from "./warn.ts";

/**
 * Applies the command's selection flags to the kinds of nodes it works on; `others` count only where they are asked for.
 * Files without text are listed, and nothing else is done with them.
 */
export function select(
  session: Session,
  types: readonly string[],
  others: readonly string[] = [],
  { withoutText = false } = {},
): ReadonlySet<string> {
  const { ids, unmatched } = applyFlags(session, types, others, withoutText);
  for (const term of unmatched)
    warn(
      session.invocation,
      "NoNodesForSelectionCriteria",
      "DH1611",
      `The selection criterion '${term}' does not match any enabled nodes`,
    );
  return ids;
}

/** The same for a second look in one command, whose warnings have been given. */
export function selectAgain(session: Session, types: readonly string[]): ReadonlySet<string> {
  return applyFlags(session, types, [], false, false).ids;
}

function applyFlags(
  session: Session,
  types: readonly string[],
  others: readonly string[],
  withoutText: boolean,
  warnings = true,
): ReturnType<typeof selectNodes> {
  const { flags } = session.invocation;
  const wanted = resourceTypes(types, others, flags.resource_types, flags.exclude_resource_types);
  return selectNodes({
    graph: session.graph,
    rootPackage: session.facts.projectName,
    select: flags.select,
    exclude: flags.exclude,
    selector: flags.selector,
    selectors: session.manifest.selectors,
    indirectSelection: flags.indirect_selection,
    state: stateMatcher(session, warnings),
    keep: (node: GraphNode) => wanted.has(node.resource_type) && (withoutText || hasText(node)),
  });
}

/** What the artifacts of --state say; an engine's constraints are those it holds rows to. */
function stateMatcher({ invocation, manifest, facts, prior }: Session, warnings: boolean): StateMatcher {
  return new StateMatcher({
    manifest,
    prior,
    enforcedConstraints: facts.traits.constraints,
    internalPackages: facts.internalPackages,
    byUnrendered: invocation.flags["state_modified_compare_more_unrendered_values"] === true,
    now: invocation.startedAt.getTime(),
    warn: (name, code, message) => {
      if (warnings) warn(invocation, name, code, message);
    },
  });
}

function hasText(node: GraphNode): boolean {
  return !("raw_code" in node) || node.resource_type === "seed" || asText(node.raw_code).trim() !== "";
}

/** `--resource-type "test model"` are two. */
function words(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(/\s+/).filter((word) => word !== ""));
}

function resourceTypes(
  types: readonly string[],
  others: readonly string[],
  only: readonly string[],
  without: readonly string[],
): Set<string> {
  const [asked, refused] = [words(only), words(without)];
  const isAsked = (type: string): boolean => asked.includes("all") || asked.includes(type);
  const isUsual = asked.length === 0 || asked.includes("default");
  const included = [...types.filter((type) => isUsual || isAsked(type)), ...others.filter(isAsked)];
  return new Set(included.filter((type) => !refused.includes(type)));
}
