import { cpSync, existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { CatalogColumn, EngineSession } from "../contracts/engine.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { ManifestNode, SourceNode } from "../contracts/manifest.ts";
import { writeCatalogJson } from "../7-artifacts/write-catalog.ts";
import { writePage, writeStaticPage } from "./docs/write-page.ts";
import { RUN_KINDS, runCommand } from "./run-command.ts";
import { OK, type CommandResult } from "./result.ts";
import { openRouted } from "./routing/open-routed.ts";
import { selectAgain } from "./select.ts";
import { openSession, type Session } from "./session.ts";

export interface DocsFlags {
  readonly compile: boolean;
  readonly emptyCatalog: boolean;
  readonly static: boolean;
}

/** docs generate: compiles (unless told not to), then writes the catalog of what the database holds, and the page that shows it. */
export async function docsGenerateCommand(invocation: Invocation, options: DocsFlags): Promise<CommandResult> {
  const kind = RUN_KINDS["compile"];
  // One session for both halves: what it warns of is said once.
  const session = openSession(invocation);
  const compiled = options.compile && kind !== undefined ? await runCommand(invocation, kind, null, session) : OK;
  if (compiled.exitCode !== 0) return compiled;
  const { emit } = invocation;
  copyAssets(session);
  writePage(session.targetFolder);
  emit({ kind: "log", level: "info", message: "Building catalog" });
  const { execution, session: routed } = await openRouted(session, []);
  try {
    const nodes = options.emptyCatalog ? [] : nodesToDescribe(routed, options.compile);
    const rows: CatalogColumn[] = [];
    for (const run of execution.runs.values()) {
      const own = nodes.filter((node) => execution.of(node.unique_id) === run);
      rows.push(...(await readCatalogs(run.engine, own)));
    }
    writeCatalogJson(rows, nodes, invocation, session.targetFolder);
    if (options.static) writeStaticPage(session.targetFolder);
    emit({ kind: "log", level: "info", message: `Catalog written to ${session.targetFolder}/catalog.json` });
  } finally {
    await execution.close();
  }
  return OK;
}

async function readCatalogs(
  engine: EngineSession,
  nodes: readonly (ManifestNode | SourceNode)[],
): Promise<CatalogColumn[]> {
  const wanted = new Map<string, Set<string>>();
  for (const node of nodes) {
    if (node.relation_name === null || node.database === null) continue;
    const schemas = wanted.get(node.database) ?? new Set<string>();
    wanted.set(node.database, schemas.add(node.schema));
  }
  return (
    await Promise.all([...wanted].map(([database, schemas]) => engine.readCatalog(database, [...schemas])))
  ).flat();
}

/** Everything, or what the selection flags name; as in dbt, those mean nothing with --no-compile. */
function nodesToDescribe(session: Session, compile: boolean): (ManifestNode | SourceNode)[] {
  const { manifest, invocation } = session;
  const all = [...Object.values(manifest.nodes), ...Object.values(manifest.sources)];
  const { select, exclude, selector } = invocation.flags;
  if (!compile || (select.length === 0 && exclude.length === 0 && selector === null)) return all;
  const selected = selectAgain(session, [...(RUN_KINDS["compile"]?.types ?? []), "source"]);
  return all.filter((node) => selected.has(node.unique_id));
}

/** The folders of `asset-paths` go where the docs site looks for them, without what an earlier copy had. */
function copyAssets({ project, targetFolder }: Session): void {
  for (const path of project.root.assetPaths) {
    const from = resolve(project.root.root, path);
    const to = resolve(targetFolder, path);
    rmSync(to, { recursive: true, force: true });
    if (existsSync(from)) cpSync(from, to, { recursive: true });
  }
}
