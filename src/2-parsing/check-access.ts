import { diagnostic } from "../contracts/diagnostic.ts";
import type { ParseState } from "./parse-state.ts";

const ACCESS = ["private", "protected", "public"];

/** What `access` and `group` may say; who may refer to whom is looked at where references are resolved. */
export function checkAccess({ manifest, diagnostics }: ParseState): void {
  const groups = Object.values(manifest.groups).map((group) => group.name);
  for (const node of Object.values(manifest.nodes)) {
    const place = { file: node.original_file_path, line: node._line ?? null };
    const wrong = (message: string, hint: string): void =>
      void diagnostics.push(diagnostic("DH1405", message, place, hint));
    if (typeof node.group === "string" && !groups.includes(node.group))
      wrong(
        `Invalid group '${node.group}' of ${node.unique_id}, expected one of ${JSON.stringify(groups.sort())}`,
        "Groups are declared in a property file: `groups: - name: …`.",
      );
    if (node.resource_type !== "model") continue;
    if (!ACCESS.includes(String(node.access)))
      wrong(
        `Node ${node.unique_id} has an invalid value (${String(node.access)}) for the access field`,
        `One of: ${ACCESS.join(", ")}.`,
      );
    else if (node.access === "public" && node.config["materialized"] === "ephemeral")
      wrong(
        `Node ${node.unique_id} with 'ephemeral' materialization has an invalid value (public) for the access field`,
        "Nothing outside can read what has no relation: make it a view, or keep it protected.",
      );
  }
}
