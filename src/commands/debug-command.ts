import { basename } from "node:path";
import { DBT_VERSION, type Invocation } from "../contracts/invocation.ts";
import { DiagnosticError, type Diagnostic } from "../contracts/diagnostic.ts";
import type { EngineError, EngineSession } from "../contracts/engine.ts";
import type { Target } from "../contracts/project.ts";
import { checkProjectFile, loadProjectTargets } from "../1-project/load-project.ts";
import { PROJECT_FILE } from "../1-project/project-file.ts";
import { isSecretField } from "../context/target.ts";
import { findProfilesDir } from "../1-project/profiles-dir.ts";
import { errorMessage } from "../shared/objects.ts";
import { report } from "./report.ts";
import { OK, type CommandResult } from "./result.ts";
import { openEngine, projectRoot, readCatalog, readCredentials } from "./session.ts";

/** debug --config-dir: as dbt, says how to open the folder instead of checking anything. */
export function sayConfigDir(invocation: Invocation): CommandResult {
  const folder = findProfilesDir(invocation.flags.profiles_dir, projectRoot(invocation));
  const open = { darwin: "open", win32: "start" }[process.platform as string] ?? "xdg-open";
  invocation.emit({ kind: "log", level: "info", message: `To view your profiles.yml file, run:\n\n${open} ${folder}` });
  return OK;
}

/** debug: what is installed, which files are used, whether the database answers. */
export async function debugCommand(
  invocation: Invocation,
  version: string,
  { connection }: { readonly connection: boolean },
): Promise<CommandResult> {
  const say = (message: string): void => invocation.emit({ kind: "log", level: "info", message });
  const root = projectRoot(invocation);
  say(`duckhouse-dbt version: ${version} (dbt language ${DBT_VERSION})`);
  say(`node version: ${process.versions.node}`);
  say(`os info: ${process.platform}-${process.arch}`);
  say(`Using profiles dir at ${findProfilesDir(invocation.flags.profiles_dir, root)}`);
  if (connection) say("Skipping steps before connection verification");
  else say(`Using dbt_project.yml file at ${root}/${PROJECT_FILE}`);
  const { targets, problems } = checkFiles(invocation, connection);
  if (!connection) {
    const state = (isBad: boolean): string => (isBad ? "[ERROR invalid]" : "[OK found and valid]");
    say("Configuration:");
    say(`  profiles.yml file ${state(problems.some((problem) => !isOfProject(problem)))}`);
    say(`  ${PROJECT_FILE} file ${state(problems.some(isOfProject))}`);
  }
  if (problems.length > 0) {
    say(`${String(problems.length)} check${problems.length === 1 ? "" : "s"} failed:`);
    for (const problem of problems) {
      say(`${isOfProject(problem) ? "Project" : "Profile"} loading failed for the following reason:`);
      invocation.emit({ kind: "diagnostic", diagnostic: problem });
    }
    return { exitCode: 1, diagnostics: problems };
  }
  let exitCode: 0 | 1 = 0;
  for (const target of targets) {
    say(targets.length === 1 ? "Connection:" : `Connection of the engine '${target.type}':`);
    for (const [key, value] of Object.entries(target.fields))
      if (!isSecretField(key) && key !== "type")
        say(`  ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
    if ((await testConnection(target, root, say)).exitCode !== 0) exitCode = 1;
  }
  return { exitCode };
}

/** Reads what a connection needs, and unless that is all that is asked for, the project file as every command does. */
function checkFiles(
  invocation: Invocation,
  connection: boolean,
): { readonly targets: readonly Target[]; readonly problems: readonly Diagnostic[] } {
  const root = projectRoot(invocation);
  const problems: Diagnostic[] = [];
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      problems.push(...error.diagnostics);
      return null;
    }
  };
  const internalPackages = (): string[] => [];
  const options = { root, invocation, readCredentials, readCatalog, internalPackages };
  const targets = attempt(() => loadProjectTargets(options).targets) ?? [];
  const [target] = targets;
  if (!connection && target !== undefined)
    attempt(() => {
      report(invocation, checkProjectFile(options, target));
    });
  return { targets, problems };
}

function isOfProject({ file }: Diagnostic): boolean {
  return file !== null && basename(file) === PROJECT_FILE;
}

async function testConnection(target: Target, root: string, say: (message: string) => void): Promise<CommandResult> {
  try {
    const engine = await openEngine(target, root);
    const connection = await engine.connect("debug");
    await connection.execute("select 1 as id", true);
    connection.close();
    say("  Connection test: [OK connection ok]");
    const works = await testCatalogs(engine, target, say);
    await engine.close();
    say("");
    say(works ? "All checks passed!" : "1 check failed: a catalog cannot be used.");
    return { exitCode: works ? 0 : 1 };
  } catch (error) {
    sayFailure("  Connection test", error, say);
    return { exitCode: 1 };
  }
}

/** Asks each catalog for its schemas. */
async function testCatalogs(
  engine: EngineSession,
  { catalogs }: Target,
  say: (text: string) => void,
): Promise<boolean> {
  let works = true;
  if (catalogs.length > 0) say("Catalogs:");
  for (const { name, database } of catalogs) {
    const label = `  ${name}${name === database ? "" : ` (as ${database})`}`;
    try {
      const schemas = await engine.listSchemas(database);
      say(`${label}: [OK ${String(schemas.length)} schemas]`);
    } catch (error) {
      works = false;
      sayFailure(label, error, say);
    }
  }
  return works;
}

function sayFailure(label: string, error: unknown, say: (text: string) => void): void {
  say(`${label}: [ERROR ${errorMessage(error)}]`);
  const { hint } = error as Partial<EngineError>;
  if (typeof hint === "string") say(`  ${hint}`);
}
