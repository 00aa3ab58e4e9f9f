import { createHash } from "node:crypto";
import type { Session } from "../session.ts";

/**
 * Stands at the end of the names of a project's copies: several projects may share a catalog, and each replaces and removes
 * its own only. The same wherever the project's folder is, so that runs on other machines find what they made.
 */
export function copyMark({ project, sides }: Pick<Session, "project" | "sides">): string {
  const targets = [...sides.values()].map(({ project: { target } }) => [target.type, target.database, target.schema]);
  const identity = JSON.stringify([project.root.name, project.target.name, targets]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 8);
}
