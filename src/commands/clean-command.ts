import { existsSync, rmSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { readCleanTargets } from "../1-project/clean-targets.ts";
import { report } from "./report.ts";
import { OK, type CommandResult } from "./result.ts";
import { projectRoot } from "./session.ts";

/** clean: removes the project's clean-targets, and never anything outside the project or its sources. */
export function cleanCommand(invocation: Invocation): CommandResult {
  const root = projectRoot(invocation);
  const { targets, sources, deprecations } = readCleanTargets(root, invocation);
  report(invocation, deprecations);
  for (const target of targets) {
    const path = resolve(root, target);
    const inside = relative(root, path);
    if (inside === "" || inside.startsWith(".."))
      fail("DH1701", `Refusing to clean '${target}': it is not inside the project`, {
        file: `${root}/dbt_project.yml`,
      });
    if (sources.some((source) => resolve(root, source) === path))
      fail("DH1702", `Refusing to clean '${target}': it holds the project's own files`, {
        file: `${root}/dbt_project.yml`,
      });
  }
  for (const target of targets) {
    const path = resolve(root, target);
    const existed = existsSync(path);
    rmSync(path, { recursive: true, force: true });
    invocation.emit({
      kind: "log",
      level: "info",
      message: existed ? `Cleaned ${path}` : `Nothing to clean at ${path}`,
    });
  }
  invocation.emit({ kind: "log", level: "info", message: "Finished cleaning all paths." });
  return OK;
}
