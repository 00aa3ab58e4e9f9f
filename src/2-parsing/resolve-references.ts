import { diagnostic, type Diagnostic, type Place } from "../contracts/diagnostic.ts";
import type { ExposureNode, Manifest, ManifestNode, RefArgs, UnitTestNode } from "../contracts/manifest.ts";
import type { PackageConfig } from "../contracts/project.ts";
import { RefLookup } from "../context/ref-lookup.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import type { ParseState } from "./parse-state.ts";
import { checkUnitTest } from "./parse-unit-tests.ts";

/** Fills in `depends_on.nodes` of every node. All refs that lead nowhere are reported at once. */
export function resolveReferences(state: ParseState): void {
  const { manifest } = state;
  const lookup = new RefLookup(manifest, state.project.root.name, state.env.invocation.flags);
  for (const node of Object.values(manifest.nodes)) resolveNode(state, node, lookup);
  for (const node of Object.values(manifest.functions)) resolveNode(state, node, lookup);
  for (const exposure of Object.values(manifest.exposures)) resolveNode(state, exposure, lookup);
  for (const unitTest of Object.values(manifest.unit_tests)) resolveUnitTest(state, lookup, unitTest);
}

type Referring = ManifestNode | ExposureNode;

/** Resolves one node's references. Pass a lookup to share it between nodes. */
export function resolveNode(
  state: ParseState,
  node: Referring,
  lookup = new RefLookup(state.manifest, state.project.root.name, state.env.invocation.flags),
): void {
  const parents = new Set(node.depends_on.nodes);
  for (const [source = "", table = ""] of node.sources) {
    const found = lookup.source(source, table, node.package_name);
    if (found !== null && "node" in found) parents.add(found.node.unique_id);
    else if (!isBroken(state, node, `${source}.${table}`))
      missing(
        state,
        node,
        `a source named '${source}.${table}'`,
        found !== null,
        didYouMean(`${source}.${table}`, lookup.sourceNames()),
      );
  }
  for (const ref of node.refs) {
    const found = lookup.ref(ref, node.package_name);
    if (found !== null && "node" in found) {
      const problem = accessProblem(state, node, found.node);
      if (problem !== null) state.diagnostics.push(problem);
      warnOfRootNode(state, node, ref, found.node);
      parents.add(found.node.unique_id);
    } else if (!isBroken(state, node, ref.name)) missingRef(state, node, ref, found !== null, lookup);
  }
  for (const args of "functions" in node ? node.functions : []) {
    const found = lookup.function(args, node.package_name);
    const name = args.at(-1) ?? "";
    if (found !== null && "node" in found) parents.add(found.node.unique_id);
    else if (!isBroken(state, node, name))
      missing(
        state,
        node,
        `a function named '${args.join(".")}'`,
        found !== null,
        didYouMean(name, lookup.functionNames()),
      );
  }
  node.depends_on.nodes = [...parents];
}

/** A package that finds a node of the root project by its plain name may close a circle that it knows nothing of. */
function warnOfRootNode(state: ParseState, node: Referring, ref: RefArgs, target: ManifestNode): void {
  const root = state.project.root.name;
  if (state.env.invocation.flags["require_ref_searches_node_package_before_root"] === true) return;
  if (node.package_name === root || target.package_name !== root || ref.package === root) return;
  state.diagnostics.push(
    diagnostic(
      "DH1406",
      `The node '${node.name}' in package '${node.package_name}' depends on the root project's node '${target.unique_id}'`,
      placeOf(node),
      "It may lead to cycles; `flags: {require_ref_searches_node_package_before_root: true}` looks in the package first.",
      "warning",
    ),
  );
}

/** Whether the name is of a resource whose own failure is reported already; what tests it is switched off. */
function isBroken(state: ParseState, node: Referring, name: string): boolean {
  const broken = state.broken.has(name);
  if (broken && node.resource_type === "test") node.config["enabled"] = false;
  return broken;
}

function versionText(ref: RefArgs): string {
  return ref.version === null ? "" : ` with version '${String(ref.version)}'`;
}

type Asking = Pick<ManifestNode, "unique_id" | "original_file_path" | "config"> & { readonly resource_type: string };

export function missingRef(state: ParseState, node: Asking, ref: RefArgs, disabled: boolean, lookup: RefLookup): void {
  const packageText = ref.package === null ? "" : ` in package '${ref.package}'`;
  const target = `a node named '${ref.name}'${packageText}${versionText(ref)}`;
  missing(state, node, target, disabled, didYouMean(ref.name, lookup.refNames()));
}

/** A test of something that is not there stays in the manifest, switched off, with a warning; anything else stops the command. */
function missing(state: ParseState, node: Asking, target: string, disabled: boolean, hint: string | null): void {
  const title = `${node.resource_type.charAt(0).toUpperCase()}${node.resource_type.slice(1)}`;
  const reason = disabled ? "which is disabled" : "which was not found";
  const message = `${title} '${node.unique_id}' (${node.original_file_path}) depends on ${target} ${reason}`;
  const isTest = node.resource_type === "test";
  if (!(isTest && disabled)) {
    state.diagnostics.push(
      diagnostic(
        "DH1401",
        message,
        placeOf(node),
        disabled ? "Enable it, or remove the reference." : hint,
        isTest ? "warning" : "error",
      ),
    );
  }
  if (isTest) node.config["enabled"] = false;
}

function placeOf(node: Asking): Place {
  return { file: node.original_file_path, line: "_line" in node ? (node._line as number) : null };
}

/** Private models are for their group, and both these and protected ones for their package where it restricts access. */
function accessProblem(state: ParseState, node: Referring, target: ManifestNode): Diagnostic | null {
  // A query of the command line belongs to nobody: who writes it may look at everything, as in dbt.
  if (target.resource_type !== "model" || node.resource_type === "sql_operation") return null;
  const group = "group" in node ? node.group : null;
  const owner = state.project.packages.find((config: PackageConfig) => config.name === target.package_name);
  const isShutOut = target.package_name !== node.package_name && owner?.restrictAccess === true;
  const fail = (access: string, scope: string): Diagnostic =>
    diagnostic(
      "DH1402",
      `Node ${node.unique_id} attempted to reference node ${target.unique_id}, which is not allowed because the referenced node is ${access} to the '${scope}' ${access === "private" ? "group" : "package"}.`,
      placeOf(node),
    );
  if (target.access === "private" && (!group || group !== target.group || isShutOut))
    return fail("private", String(target.group));
  if (target.access === "protected" && isShutOut) return fail("protected", target.package_name);
  return null;
}

function resolveUnitTest(state: ParseState, lookup: RefLookup, unitTest: UnitTestNode): void {
  const found = lookup.ref({ name: unitTest.model, package: null, version: unitTest.version }, unitTest.package_name);
  if (found !== null && "node" in found) {
    unitTest.depends_on.nodes = [found.node.unique_id];
    unitTest.schema = found.node.schema;
    const problem = checkUnitTest(unitTest, found.node);
    const place = { file: unitTest.original_file_path, line: unitTest._line ?? null };
    if (problem !== null) state.diagnostics.push(diagnostic("DH1304", problem, place));
    return;
  }
  if (found !== null) {
    disableUnitTest(state.manifest, unitTest);
    return;
  }
  if (state.broken.has(unitTest.model)) return;
  state.diagnostics.push(
    diagnostic(
      "DH1403",
      `Unable to find model '${unitTest.package_name}.${unitTest.model}' for unit test '${unitTest.name}' in ${unitTest.original_file_path}`,
      { file: unitTest.original_file_path, line: unitTest._line ?? null },
      didYouMean(unitTest.model, lookup.refNames()),
    ),
  );
}

function disableUnitTest(manifest: Manifest, unitTest: UnitTestNode): void {
  const { [unitTest.unique_id]: removed, ...rest } = manifest.unit_tests;
  manifest.unit_tests = rest;
  if (removed === undefined) return;
  removed.config = { ...removed.config, enabled: false };
  (manifest.disabled[unitTest.unique_id] ??= []).push(removed);
}
