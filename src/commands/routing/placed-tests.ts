import type { ManifestNode } from "../../contracts/manifest.ts";
import type { PlacedTest } from "../../5-planning/place-nodes.ts";
import type { Session } from "../session.ts";
import { readsOf, safeOnly, type DraftFacts } from "./built-nodes.ts";
import { calledFunctions } from "./placed-functions.ts";
import { hasOwnText, homeOf, settingsOf, translatesFrom } from "./node-settings.ts";

/** Data tests, unit tests and analyses: what they read, and where their texts are at home. */
export function testsOf(session: Session, drafts: ReadonlyMap<string, DraftFacts>): PlacedTest[] {
  const nodes = [...session.graph.nodes.values()].filter(({ resource_type: type }) =>
    ["test", "unit_test", "analysis"].includes(type),
  );
  return nodes.map((node) => {
    const reads = readsOf(session, node.unique_id);
    if (node.resource_type === "unit_test") {
      // It puts its rows into the text of a model, before that is translated.
      const model = session.manifest.nodes[node.depends_on.nodes[0] ?? ""];
      if (model === undefined) return { id: node.unique_id, reads };
      const [called] = calledFunctions(session, model.unique_id);
      const home = homeOf(session, (called ?? model).config);
      const onlyThere =
        called !== undefined ||
        translatesFrom(session, model) !== null ||
        onlyReader(session, model.unique_id) !== null;
      return { id: node.unique_id, reads, home, onlyThere };
    }
    const only = onlyReader(session, node.unique_id);
    if (only !== null) return { id: node.unique_id, reads, home: only, onlyThere: true };
    const [called] = calledFunctions(session, node.unique_id);
    if (called !== undefined)
      return { id: node.unique_id, reads, home: homeOf(session, called.config), onlyThere: true };
    const own = session.manifest.nodes[node.unique_id];
    return own === undefined || !hasOwnText(session, own)
      ? { id: node.unique_id, reads }
      : { id: node.unique_id, reads, ...homeOfText(session, own, drafts) };
  });
}

/** The engine that can read a node's template, where another one cannot; null: all of them can. */
function onlyReader({ sides }: Session, id: string): string | null {
  const readers = [...sides].filter(([, { manifest }]) => manifest.nodes[id]?._failsHere === undefined);
  return readers.length === sides.size ? null : (readers[0]?.[0] ?? null);
}

function homeOfText(
  session: Session,
  node: ManifestNode,
  drafts: ReadonlyMap<string, DraftFacts>,
): Pick<PlacedTest, "home" | "onlyThere"> {
  const home = homeOf(session, node.config);
  const settings = { ...settingsOf(session, node), translate: translatesFrom(session, node) !== null };
  const { hazards = [] } = drafts.get(node.unique_id) ?? {};
  return { home, onlyThere: safeOnly(node.config, hazards, settings, home) !== null };
}
