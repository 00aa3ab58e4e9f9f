import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { diagnostic, DiagnosticError, fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { readPackageList } from "../1-project/packages.ts";
import { loadPackageConfig } from "../1-project/project-file.ts";
import { configContext } from "../context/config-context.ts";
import { OK, type CommandResult } from "./result.ts";
import { projectRoot } from "./session.ts";

/** deps: puts local packages, and those they name themselves, into the packages folder. */
export function depsCommand(invocation: Invocation): CommandResult {
  const root = projectRoot(invocation);
  const context = configContext(invocation, { secrets: true });
  const config = loadPackageConfig(root, context);
  const folder = join(root, config.packagesInstallPath);
  const found = collectLocal(root, invocation, new Map());
  if (found.size === 0) {
    invocation.emit({ kind: "log", level: "warn", message: "No packages were found in packages.yml" });
    return OK;
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of found) {
    invocation.emit({ kind: "log", level: "info", message: `Installing ${relative(root, source) || source}` });
    link(source, join(folder, name));
    invocation.emit({
      kind: "log",
      level: "info",
      message: "Installed from <local @ " + (relative(root, source) || source) + ">",
    });
  }
  return OK;
}

function collectLocal(root: string, invocation: Invocation, found: Map<string, string>): Map<string, string> {
  const context = configContext(invocation, { secrets: true });
  const list = readPackageList(root, context);
  const remote = list.entries.filter((entry) => !("local" in entry));
  if (remote.length > 0) {
    throw new DiagnosticError(
      remote.map((entry) =>
        diagnostic(
          "DH1025",
          `Only local packages can be installed so far, not ${JSON.stringify(entry)}`,
          { file: list.file },
          "Install it with another tool into the packages folder, or keep a copy in the project and name it with `local:`.",
        ),
      ),
    );
  }
  for (const entry of list.entries) {
    const source = resolve(root, (entry as { local: string }).local);
    if (!existsSync(join(source, "dbt_project.yml")))
      fail("DH1026", `No dbt_project.yml in the local package ${source}`, { file: list.file });
    const { name } = loadPackageConfig(source, context);
    if (found.has(name)) continue;
    found.set(name, source);
    collectLocal(source, invocation, found);
  }
  return found;
}

/** A link, as dbt makes it, so that changes in the package are seen at once. */
function link(source: string, target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) rmSync(target, { recursive: true, force: true });
  symlinkSync(source, target, "dir");
}
