import { existsSync, rmSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { readCleanTargets } from "../1-project/clean-targets.ts";
import { report } from "./report.ts";
import { OK, type CommandResult } from "./result.ts";
import { projectRoot } from "./session.ts";

/** clean: removes the project's clean-targets, never its sources or what holds it, and outside of it only what is asked for. */
export function cleanCommand(invocation: Invocation): CommandResult {
  const root = projectRoot(invocation);
  const { targets, sources, deprecations } = readCleanTargets(root, invocation);
  report(invocation, deprecations);
  for (const target of targets) {
    const path = resolve(root, target);
    const inside = relative(root, path);
    const isOutside = inside.startsWith("..") && invocation.flags.clean_project_files_only;
    if (isOutside || relative(path, root) === "" || !relative(path, root).startsWith(".."))
      fail(
        "DH1701",
        `Refusing to clean '${target}': it is not inside the project`,
        { file: `${root}/dbt_project.yml` },
        isOutside ? "--no-clean-project-files-only removes it." : null,
      );
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
