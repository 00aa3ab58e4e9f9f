import { fail } from "../contracts/diagnostic.ts";
import type { Json } from "../contracts/json.ts";
import type { GraphNode, SourceNode } from "../contracts/manifest.ts";
import { compareVersions } from "../shared/compare-versions.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { fnmatch, pathMatches } from "../shared/glob.ts";
import { isRecord } from "../shared/objects.ts";
import { STATE_METHODS } from "./state/state-matcher.ts";

interface MethodContext {
  readonly rootPackage: string;
  readonly methodArguments: readonly string[];
}

type Method = (node: GraphNode, value: string, context: MethodContext) => boolean;

/** One row a selector method. Source: https://docs.getdbt.com/reference/node-selection/methods */
const METHODS: Readonly<Record<string, Method>> = {
  // A bare name never means a source: one of a model's name would be selected with it.
  fqn: (node, value) => node.resource_type !== "source" && matchesFqn(node, value),
  tag: (node, value) => tagsOf(node).some((tag) => fnmatch(tag, value)),
  group: (node, value) =>
    (isParsedNode(node) || node.resource_type === "metric") &&
    "group" in node &&
    typeof node.group === "string" &&
    fnmatch(node.group, value),
  access: (node, value) => node.resource_type === "model" && node.access === value,
  source: (node, value, { rootPackage }) =>
    node.resource_type === "source" && matchesSource(node as SourceNode, value, rootPackage),
  path: (node, value) => matchesPath(node, value),
  file: (node, value) => matchesFile(node, value),
  package: (node, value, { rootPackage }) => fnmatch(node.package_name, value === "this" ? rootPackage : value),
  config: (node, value, { methodArguments }) =>
    (isParsedNode(node) || node.resource_type === "source") && matchesConfig(node, value, methodArguments),
  test_name: (node, value) => matchesTestName(node, value),
  test_type: (node, value) => matchesTestType(node, value),
  resource_type: (node, value) => node.resource_type === value,
  exposure: named("exposure"),
  metric: named("metric"),
  semantic_model: named("semantic_model"),
  saved_query: named("saved_query"),
  unit_test: named("unit_test"),
  version: (node, value) => matchesVersion(node, value),
};

/** What stands under `nodes` of the manifest: some methods ask nothing else, as in dbt. */
function isParsedNode({ resource_type: type }: GraphNode): boolean {
  return ["model", "seed", "snapshot", "test", "analysis"].includes(type);
}

export const METHOD_NAMES = [...Object.keys(METHODS), "selector", ...STATE_METHODS];

/** Whether one node fits a method's value. Throws for a method that does not exist. */
export function matches(node: GraphNode, method: string, value: string, context: MethodContext): boolean {
  const run = METHODS[method];
  if (run === undefined)
    fail("DH1605", `'${method}' is not a valid method name`, null, didYouMean(method, METHOD_NAMES));
  return run(node, value, context);
}

function matchesFqn(node: GraphNode, value: string): boolean {
  const isVersioned =
    "version" in node && node.version !== null && node.version !== undefined && node.resource_type === "model";
  return fqnFits(node.fqn, value, isVersioned) || fqnFits(node.fqn.slice(1), value, isVersioned);
}

function fqnFits(fqn: readonly string[], value: string, isVersioned: boolean): boolean {
  const [name, version] = [fqn.at(-2), fqn.at(-1)];
  if (isVersioned) {
    const spellings = [name ?? "", `${name ?? ""}.${version ?? ""}`, `${name ?? ""}_${version ?? ""}`];
    if (spellings.some((spelling) => fnmatch(spelling, value))) return true;
  } else if (fnmatch(version ?? "", value)) return true;
  const flat = fqn.flatMap((part) => part.split("."));
  const wanted = value.split(".");
  if (flat.length < wanted.length) return false;
  for (const [index, part] of wanted.entries()) {
    if (/[*?[\]]/.test(part)) return fnmatch(flat.slice(index).join("."), wanted.slice(index).join("."));
    if (flat[index] !== part) return false;
  }
  return true;
}

/** A generic test has the name of its macro, a unit test its own, a singular one none. */
function matchesTestName(node: GraphNode, value: string): boolean {
  const name =
    node.resource_type === "test"
      ? node.test_metadata?.name
      : node.resource_type === "unit_test"
        ? node.name
        : undefined;
  return name !== undefined && fnmatch(name, value);
}

function tagsOf(node: GraphNode): string[] {
  if ("tags" in node && Array.isArray(node.tags)) return node.tags as string[];
  const { tags } = node.config;
  return Array.isArray(tags) ? tags.map(String) : [];
}

function matchesSource(node: SourceNode, value: string, rootPackage: string): boolean {
  const parts = value.split(".");
  if (parts.length > 3)
    fail(
      "DH1606",
      `Invalid source selector value '${value}'. Sources must be of the form \`\${source_name}\`, \`\${source_name}.\${target_name}\`, or \`\${package_name}.\${source_name}.\${target_name}\``,
    );
  const [packageName, source, table] = parts.length === 3 ? parts : [null, parts[0], parts[1] ?? null];
  const packageFits =
    typeof packageName !== "string" || fnmatch(node.package_name, packageName === "this" ? rootPackage : packageName);
  return (
    packageFits && fnmatch(node.source_name, source ?? "*") && (typeof table !== "string" || fnmatch(node.name, table))
  );
}

function matchesPath(node: GraphNode, value: string): boolean {
  const pattern = value.replace(/^\.\//, "").replace(/\/+$/, "");
  const patch =
    "patch_path" in node && typeof node.patch_path === "string" ? node.patch_path.split("://")[1] : undefined;
  if (patch !== undefined && pathMatches(patch, pattern)) return true;
  const parts = node.original_file_path.split("/");
  return parts.some((_, index) => pathMatches(parts.slice(0, index + 1).join("/"), pattern));
}

function matchesFile(node: GraphNode, value: string): boolean {
  const file = node.original_file_path.slice(node.original_file_path.lastIndexOf("/") + 1);
  return fnmatch(file, value) || fnmatch(file.replace(/\.[^.]*$/, ""), value);
}

function matchesConfig(node: GraphNode, value: string, path: readonly string[]): boolean {
  let found: Json | undefined = node.config;
  for (const part of path) {
    found = isRecord(found) ? found[part] : undefined;
    if (found === undefined) return false;
  }
  // Test severities are written in any case.
  if (path.length === 1 && path[0] === "severity" && typeof found === "string")
    return found.toLowerCase() === value.toLowerCase();
  return valueFits(found, value);
}

function valueFits(found: Json | undefined, value: string): boolean {
  if (Array.isArray(found)) return found.some((item) => valueFits(item, value));
  if (isRecord(found)) return value in found;
  if (typeof found === "boolean") return String(found) === value.toLowerCase();
  return found !== null && found !== undefined && String(found) === value;
}

function matchesTestType(node: GraphNode, value: string): boolean {
  if (value === "unit") return node.resource_type === "unit_test";
  if (node.resource_type !== "test") return false;
  const isGeneric = node.test_metadata !== undefined;
  switch (value) {
    case "data":
      return true;
    case "generic":
    case "schema":
      return isGeneric;
    case "singular":
      return !isGeneric;
    default:
      fail("DH1607", `Invalid test type selector '${value}': expected "generic", "singular", "unit" or "data"`);
  }
}

function named(type: string): Method {
  return (node, value) => {
    if (node.resource_type !== type) return false;
    const parts = value.split(".");
    if (parts.length === 1) return fnmatch(node.name, value);
    return fnmatch(node.package_name, parts[0] ?? "") && fnmatch(node.name, parts.slice(1).join("."));
  };
}

function matchesVersion(node: GraphNode, value: string): boolean {
  if (node.resource_type !== "model") return false;
  const { version, latest_version: latest } = node;
  const isNone = version === null || version === undefined;
  switch (value) {
    case "none":
      return isNone;
    case "latest":
      return !isNone && String(version) === String(latest);
    case "prerelease":
      return !isNone && compareVersions(version, latest ?? "") > 0;
    case "old":
      return !isNone && compareVersions(version, latest ?? "") < 0;
    default:
      fail(
        "DH1608",
        `Invalid version type selector ${value}: expected one of: "latest", "prerelease", "old", or "none"`,
      );
  }
}
