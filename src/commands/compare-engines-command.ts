import { fail } from "../contracts/diagnostic.ts";
import type { RelationName } from "../contracts/engine.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { defaultConfig } from "../2-parsing/config-rules.ts";
import { nodeRelation } from "../context/node-relation.ts";
import { TRANSFER_SCHEMA } from "../5-planning/place-nodes.ts";
import type { PlannedStep } from "../5-planning/plan-run.ts";
import { LOCAL } from "../5-planning/rules.ts";
import { runNodes } from "../6-execution/run-nodes.ts";
import { errorMessage } from "../shared/objects.ts";
import { openExecution, type Execution } from "./execution.ts";
import { OK, type CommandResult } from "./result.ts";
import { isBuilt, readsOf } from "./routing/built-nodes.ts";
import { compareRows, type ComparedTable } from "./routing/compare-rows.ts";
import { routeProject, type Route } from "./routing/route-project.ts";
import { writtenFor } from "./routing/translation.ts";
import { transferNode } from "./routing/weave.ts";
import { cancelOnSignals } from "./run-command.ts";
import { createMissingSchemas } from "./schemas.ts";
import { select } from "./select.ts";
import { foundText } from "./found-text.ts";
import { openSession, type Session } from "./session.ts";
import { warn } from "./warn.ts";
import { quoted } from "../shared/quoted.ts";

/** A model, built once an engine. */
interface Comparing {
  readonly id: string;
  readonly name: string;
  /** By engine. */
  readonly builds: ReadonlyMap<string, ManifestNode>;
}

/**
 * build --compare-engines: builds each selected model on every engine into a scratch schema of the shared catalog, compares
 * the rows, says whether the model means the same everywhere, and removes what it made. What the models read has to be there.
 */
export async function compareEnginesCommand(invocation: Invocation): Promise<CommandResult> {
  const { emit } = invocation;
  const opened = openSession(invocation);
  if (opened.hybrid === null)
    fail(
      "DH1710",
      `--compare-engines needs a target of several engines; '${opened.project.target.name}' has one`,
      null,
      "Choose an output of `type: duckhouse` with --target.",
    );
  emit({ kind: "log", level: "info", message: foundText(opened.manifest) });
  const selected = select(opened, ["model"]);
  const route = await routeProject(opened, () => false);
  const schema = `duckhouse_compare_${invocation.id.slice(0, 8)}`;
  const models = comparedModels(route, selected, schema);
  const copies = models.length === 0 ? null : await copiesThere(route);
  const execution = await openExecution(route.session, [...selected].sort(), route.engines, route.placing);
  const stop = cancelOnSignals(execution, invocation);
  try {
    if (models.length === 0) {
      warn(invocation, "NothingToDo", "DH1612", "Nothing to do: no model that engines build was selected");
      return OK;
    }
    const results = await buildAll(route, execution, models, () => stop.cancelled());
    if (stop.cancelled()) return { exitCode: 1 };
    let portable = 0;
    for (const model of models) if (await report(route, model, results)) portable++;
    const total = String(models.length);
    emit({
      kind: "log",
      level: "info",
      message: `${String(portable)} of ${total} models give the same rows everywhere`,
    });
    return { exitCode: portable === models.length ? 0 : 1 };
  } finally {
    stop.dispose();
    await removeAll(route, models, schema, copies);
    await execution.close();
  }
}

function comparedModels(route: Route, selected: ReadonlySet<string>, schema: string): Comparing[] {
  return [...selected].sort().flatMap((id) => {
    const node = route.session.manifest.nodes[id];
    if (node === undefined || !isBuilt(node) || node.language !== "sql") return [];
    const builds = new Map<string, ManifestNode>();
    for (const engine of route.session.sides.keys()) {
      const build = scratchNode(route, engine, id, schema);
      if (build !== null) builds.set(engine, build);
    }
    return [{ id, name: node.name, builds }];
  });
}

/** The model as a table of its own, without hooks, grants or a contract: only the rows of its query count. */
function scratchNode({ session }: Route, engine: string, id: string, schema: string): ManifestNode | null {
  const side = session.sides.get(engine);
  const own = side?.manifest.nodes[id];
  const database = sharedDatabase(session, engine);
  if (side === undefined || own === undefined || database === null) return null;
  const scratch: ManifestNode = {
    ...writtenFor(session, own, engine),
    unique_id: `compare.${engine}.${id}`,
    name: `${own.name} on ${engine}`,
    database,
    schema,
    alias: `${own.alias}__${engine}`,
    config: { ...defaultConfig("model"), materialized: "table" },
    contract: { enforced: false, alias_types: true, checksum: null },
  };
  Reflect.deleteProperty(scratch, "_batched");
  return { ...scratch, relation_name: nodeRelation(scratch, side.facts).render() };
}

async function buildAll(
  route: Route,
  execution: Execution,
  models: readonly Comparing[],
  cancelled: () => boolean,
): Promise<ReadonlyMap<string, RunResult>> {
  const { session } = route;
  const { invocation, facts, manifest, project } = session;
  const nodes = models.flatMap(({ builds }) => [...builds.values()]);
  const steps: PlannedStep[] = [];
  for (const { id, builds } of models)
    for (const [engine, node] of builds) {
      const copies = route.placement.read(node.unique_id, engine, readsOf(session, id));
      for (const step of copies)
        if (!steps.some((known) => known.id === step.id)) {
          const copy = transferNode(session, step, manifest);
          nodes.push(copy);
          steps.push({ id: step.id, dependsOn: [], node: copy, silent: false });
        }
      steps.push({ id: node.unique_id, dependsOn: copies.map((copy) => copy.id), node, silent: false });
    }
  await createMissingSchemas(execution, nodes);
  const results = await runNodes({
    steps,
    manifest,
    of: (id) => {
      const { pool, cache, side } = execution.of(id);
      return { pool, cache, conflictCodes: side.facts.traits.conflictCodes };
    },
    startedAt: invocation.startedAt,
    emit: invocation.emit,
    // One model that an engine cannot build is an answer, and no reason to stop.
    flags: { ...invocation.flags, fail_fast: false },
    targetPath: facts.targetPath,
    threads: project.target.threads,
    mode: "run",
    skipsFail: false,
    cancelled,
    skipAll: false,
  });
  return new Map(results.map((result) => [result.unique_id, result]));
}

/** Says what is true of a model. True: its rows are the same everywhere. */
async function report(
  route: Route,
  { id, name, builds }: Comparing,
  results: ReadonlyMap<string, RunResult>,
): Promise<boolean> {
  const { invocation, sides, manifest } = route.session;
  const say = (level: "info" | "warn", message: string): void => {
    invocation.emit({ kind: "log", level, message });
  };
  const tables: ComparedTable[] = [];
  const problems: string[] = [];
  for (const engine of sides.keys()) {
    const build = builds.get(engine);
    const result = results.get(build?.unique_id ?? "");
    if (build === undefined) problems.push(`${engine} cannot build it: it is disabled there`);
    else if (result?.status !== "success")
      problems.push(`${engine} cannot build it: ${(result?.message ?? "it was not run").trim()}`);
    else tables.push({ engine, place: placeFor(route, build) });
  }
  const compared = problems.length > 0 ? { rows: 0, problems, notes: [] } : await compareAll(route, tables);
  if (compared.problems.length === 0) {
    const isKnown = manifest.nodes[id]?.config["dialect"] === "portable";
    const hint = isKnown ? "" : "; config(dialect='portable') lets the router choose freely";
    say(
      "info",
      `SAME ${name}: ${compared.rows.toLocaleString("en")} rows on ${[...sides.keys()].join(" and ")}${hint}`,
    );
  } else say("warn", `DIFFERENT ${name}`);
  for (const problem of compared.problems) say("warn", `  ${problem}`);
  for (const note of compared.notes) say("info", `  note: ${note}`);
  return compared.problems.length === 0;
}

/** The first engine's table beside each of the others'. */
async function compareAll(
  { engines }: Route,
  [first, ...others]: readonly ComparedTable[],
): Promise<{ rows: number; problems: readonly string[]; notes: readonly string[] }> {
  const connection = await engines.get(LOCAL)?.connect("compare");
  if (connection === undefined || first === undefined) throw new Error("bug: there is nothing to compare with");
  let rows = 0;
  const problems: string[] = [];
  const notes: string[] = [];
  try {
    for (const other of others) {
      const compared = await compareRows(connection, first, other);
      notes.push(...compared.notes);
      if (compared.same) rows = compared.rows;
      else problems.push(...compared.problems);
    }
  } catch (error) {
    problems.push(`the rows cannot be compared: ${errorMessage(error)}`);
  } finally {
    connection.close();
  }
  return { rows, problems, notes };
}

/** As the engine that compares names it. */
function placeFor({ session }: Route, { schema, alias }: ManifestNode): RelationName {
  return { database: sharedDatabase(session, LOCAL) ?? "", schema, identifier: alias };
}

function sharedDatabase({ sides, hybrid }: Session, engine: string): string | null {
  const catalogs = sides.get(engine)?.project.target.catalogs ?? [];
  return catalogs.find(({ name }) => name === hybrid?.catalog)?.database ?? null;
}

/** Copies that runs have made: those stay. Null: nobody can tell. */
async function copiesThere({ session, engines }: Route): Promise<ReadonlySet<string> | null> {
  const [entry] = engines;
  const database = sharedDatabase(session, entry?.[0] ?? "");
  if (entry === undefined || database === null) return null;
  const relations = await entry[1].listRelations(database, [TRANSFER_SCHEMA]).catch(() => null);
  return relations === null ? null : new Set(relations.map(({ identifier }) => identifier.toLowerCase()));
}

/** Also after a failure or Ctrl-C: what is left says so, and its name tells what it was. */
async function removeAll(
  { session, engines, placement }: Route,
  models: readonly Comparing[],
  schema: string,
  copies: ReadonlySet<string> | null,
): Promise<void> {
  const [entry] = engines;
  if (entry === undefined || models.length === 0) return;
  const [engine, open] = entry;
  const named = (...names: string[]): string => names.map(quoted).join(".");
  const database = sharedDatabase(session, engine) ?? "";
  try {
    const connection = await open.connect("compare");
    for (const { schema: own, alias } of models.flatMap(({ builds }) => [...builds.values()]))
      await connection.execute(`drop table if exists ${named(database, own, alias)}`, false);
    await connection.execute(`drop schema if exists ${named(database, schema)}`, false);
    const own = placement.transfers.filter(({ place }) => copies?.has(place.identifier.toLowerCase()) === false);
    for (const { place } of own)
      await connection.execute(`drop table if exists ${named(database, place.schema, place.identifier)}`, false);
    connection.close();
  } catch (error) {
    const message = `The schema ${named(database, schema)} could not be removed: ${errorMessage(error)}`;
    session.invocation.emit({ kind: "log", level: "warn", message });
  }
}
