import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fail, type Diagnostic } from "../contracts/diagnostic.ts";
import type { EngineSession, SqlComment } from "../contracts/engine.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { Manifest } from "../contracts/manifest.ts";
import { projectFacts, type ProjectFacts } from "../contracts/project-facts.ts";
import type { CatalogEntry, HybridSettings, Project, Target } from "../contracts/project.ts";
import { loadProject, loadProjectTargets } from "../1-project/load-project.ts";
import type { ProjectGraph } from "../3-graph/build-graph.ts";
import { normalizeSelectors } from "../3-graph/selector-definitions.ts";
import { writeManifestBody, writeManifestJson } from "../7-artifacts/write-manifest.ts";
import type { PriorState } from "../contracts/prior-state.ts";
import { noteDeferred } from "./deferral.ts";
import { parseOrRecall, type Parsed } from "./parse-or-recall.ts";
import { openPriorState } from "./prior-state.ts";
import { report } from "./report.ts";
import type { MacroRegistry } from "../context/macro-registry.ts";
import { ENGINES, type EngineEntry } from "../engines/registry.ts";
import { didYouMean } from "../shared/did-you-mean.ts";

/** A project as one engine sees it: SQL, names and configs may depend on `target.type`. */
export interface EngineSide {
  readonly project: Project;
  readonly facts: ProjectFacts;
  readonly manifest: Manifest;
  readonly registry: MacroRegistry;
  readonly engine: EngineEntry;
}

/** A project, loaded and parsed: what every recipe starts from. The side is the default engine's. */
export interface Session extends EngineSide {
  readonly invocation: Invocation;
  readonly graph: ProjectGraph;
  /** The artifacts that --state names. */
  readonly prior: PriorState | null;
  /** Absolute path of target/. */
  readonly targetFolder: string;
  /** By engine, the default one first. */
  readonly sides: ReadonlyMap<string, EngineSide>;
  /** Null: the target has one engine, and there is nothing to choose. */
  readonly hybrid: HybridSettings | null;
}

export function engineFor(type: string): EngineEntry {
  const entry = ENGINES[type];
  if (entry === undefined) {
    fail(
      "DH1018",
      `Could not find adapter type ${type}!`,
      null,
      didYouMean(type, Object.keys(ENGINES)) ?? `Types that work: ${Object.keys(ENGINES).join(", ")}.`,
    );
  }
  return entry;
}

export function readCredentials(
  type: string,
  fields: JsonObject,
  root: string,
): ReturnType<EngineEntry["readCredentials"]> {
  return engineFor(type).readCredentials(fields, root);
}

export function readCatalog(
  target: Pick<Target, "type" | "database">,
  entry: CatalogEntry,
): ReturnType<EngineEntry["readCatalog"]> {
  return engineFor(target.type).readCatalog(entry, target);
}

/** The folder of the built-in macro packages: beside the bundle, or in the source tree. */
export function builtinFolder(): string {
  const here = import.meta.dirname;
  const candidates = [join(here, "builtin"), join(here, "..", "builtin"), join(here, "..", "src", "builtin")];
  const found = candidates.find((folder) => existsSync(join(folder, "dbt", "dbt_project.yml")));
  if (found === undefined) throw new Error("bug: the built-in macro packages are missing from the installation");
  return found;
}

/** Load → parse (once an engine) → graph. Warnings are emitted; errors are thrown, all of them at once. */
export function openSession(invocation: Invocation): Session {
  return openParsed(invocation).session;
}

/** The same with what `writeParsedManifest` takes, and with `foundText` where that is known without looking at the manifest. */
export function openParsed(invocation: Invocation): { session: Session } & Pick<Parsed, "text" | "found"> {
  const root = projectRoot(invocation);
  const options = {
    root,
    invocation,
    readCredentials,
    readCatalog,
    internalPackages: (type: string) => engineFor(type).packages.map((name) => join(builtinFolder(), name)),
  };
  const { targets, hybrid } = loadProjectTargets(options);
  const diagnostics: Diagnostic[] = [];
  const sides = new Map<string, EngineSide>();
  const all: Parsed[] = [];
  for (const { side, problems, parsed } of openSides(
    targets.map((target) => loadProject(options, target)),
    invocation,
  )) {
    sides.set(side.project.target.type, side);
    all.push(parsed);
    // What is wrong for every engine is said once; what one engine finds twice is there twice.
    const said = new Set(diagnostics.map(problemKey));
    diagnostics.push(...problems.filter((problem) => !said.has(problemKey(problem))));
  }
  const [main] = sides.values();
  const [parsed] = all;
  if (main === undefined || parsed === undefined) throw new Error("bug: a target without an engine");
  report(invocation, diagnostics);
  const targetFolder = resolve(root, main.facts.targetPath);
  const prior = openPriorState(invocation, invocation.flags.state, root, targetFolder);
  noteDeferred({ invocation, sides, prior, targetFolder, root });
  const session: Session = {
    ...{ ...main, invocation, targetFolder, sides, hybrid, prior },
    get graph() {
      return parsed.graph();
    },
  };
  // Nodes are told of the state's relations, of which the text knows nothing.
  return { session, text: prior === null ? parsed.text : null, found: parsed.found };
}

function problemKey({ code, message, file, line, column }: Diagnostic): string {
  return `${code} ${file ?? ""}:${String(line)}:${String(column)} ${message}`;
}

interface OpenedSide {
  readonly side: EngineSide;
  readonly problems: readonly Diagnostic[];
  readonly parsed: Parsed;
}

/** A text that only one of several engines can read is no error: the other ones take it from that one. */
function openSides(projects: readonly Project[], invocation: Invocation): OpenedSide[] {
  const sides: OpenedSide[] = [];
  for (const loaded of projects) {
    const project = { ...loaded, selectors: normalizeSelectors(loaded.selectors) };
    sides.push(openSide(project, invocation, sides[0] ?? null));
  }
  const [first, second] = sides;
  if (first === undefined || second === undefined || !first.problems.some(isOfTemplate)) return sides;
  return [openSide(first.side.project, invocation, second), ...sides.slice(1)];
}

function isOfTemplate({ code, severity }: Diagnostic): boolean {
  return code === "DH1201" && severity === "error";
}

function openSide(project: Project, invocation: Invocation, other: OpenedSide | null): OpenedSide {
  const engine = engineFor(project.target.type);
  const facts = projectFacts(withTargetPath(project, invocation), engine);
  const elsewhere =
    other === null ? null : { target: other.side.project.target, manifest: () => other.parsed.manifest };
  const parsed = parseOrRecall({ project, facts, invocation, engineMethods: engine.methods, elsewhere });
  const { manifest, registry, diagnostics } = parsed;
  const ofFiles = project.packages.flatMap(({ deprecations }) => deprecations);
  return { side: { project, facts, manifest, registry, engine }, problems: [...ofFiles, ...diagnostics], parsed };
}

function withTargetPath(project: Project, { flags }: Invocation): Project {
  return flags.target_path === null
    ? project
    : { ...project, root: { ...project.root, targetPath: flags.target_path } };
}

/** The project's folder: --project-dir, else the nearest one upwards that has a dbt_project.yml. */
export function projectRoot({ flags }: Invocation): string {
  return resolve(flags.project_dir);
}

/** `comment`: for what the session itself asks. */
export async function openEngine(
  target: Target,
  root: string,
  comment: SqlComment | null = null,
): Promise<EngineSession> {
  return engineFor(target.type).open(target, root, comment);
}

/** Writes manifest.json, unless the flags say not to. */
export function writeManifest(session: Session): void {
  if (!session.invocation.flags.write_json) return;
  writeManifestJson(session.manifest, session.project, session.invocation, session.targetFolder);
}

/** As in dbt, what is refused after the parse (a selection that cannot be made) leaves the manifest. */
export function orLeaveManifest<T>(session: Session, work: () => T): T {
  try {
    return work();
  } catch (error) {
    writeManifest(session);
    throw error;
  }
}

/** The same where nothing happened to the manifest since it was parsed: what is at hand as text need not be made again. */
export function writeParsedManifest(session: Session, text: Parsed["text"]): void {
  if (!session.invocation.flags.write_json) return;
  if (text === null) writeManifest(session);
  else writeManifestBody(text, session.project, session.invocation, session.targetFolder);
}
