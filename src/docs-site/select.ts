import type { Project, Resource } from "./project.ts";
import { isGiven } from "./given.ts";

type Links = ReadonlyMap<string, readonly string[]>;

/**
 * The nodes that an expression of dbt's selection syntax names: blanks join, commas intersect, `+` and `2+` take what is
 * above or below along, `@` the parents of all children too. `method:value` as in dbt, for what a manifest alone can tell.
 */
export function select(project: Project, expression: string): Set<string> {
  const result = new Set<string>();
  for (const part of expression.split(/\s+/).filter(Boolean)) {
    const sets = part.split(",").map((atom) => selectAtom(project, atom));
    const [first = new Set<string>(), ...others] = sets;
    for (const id of first) if (others.every((other) => other.has(id))) result.add(id);
  }
  return result;
}

const ATOM = /^(@)?(?:(\d*)\+)?(.*?)(?:\+(\d*))?$/s;

function selectAtom(project: Project, atom: string): Set<string> {
  const [, at, above, value = "", below] = ATOM.exec(atom) ?? [];
  const start = [...project.resources.values()].filter(matcher(value)).map(({ id }) => id);
  const result = new Set(start);
  if (at !== undefined) {
    const all = reach(project.children, start, Infinity);
    for (const id of reach(project.parents, all, Infinity)) result.add(id);
  }
  const up = above === undefined ? [] : [...reach(project.parents, start, depth(above))];
  const down = below === undefined ? [] : [...reach(project.children, start, depth(below))];
  // The nearest of both sides first: who can show only some takes those.
  for (let index = 0; index < Math.max(up.length, down.length); index++)
    for (const id of [up[index], down[index]]) if (id !== undefined) result.add(id);
  return result;
}

function depth(digits: string): number {
  return digits === "" ? Infinity : Number(digits);
}

/** What can be reached in so many steps, the start included; the nearest first. */
export function reach(links: Links, start: Iterable<string>, steps: number): Set<string> {
  const found = new Set(start);
  let edge = [...found];
  for (let step = 0; step < steps && edge.length > 0; step++) {
    const next: string[] = [];
    for (const id of edge)
      for (const other of links.get(id) ?? [])
        if (!found.has(other)) {
          found.add(other);
          next.push(other);
        }
    edge = next;
  }
  return found;
}

const NOT_IN_GRAPH = new Set(["macro", "group", "doc"]);

function matcher(text: string): (resource: Resource) => boolean {
  const [, method, value] = /^([\w.]+):(.*)$/s.exec(text) ?? [];
  const wanted = value ?? text;
  const is = pattern(wanted);
  const fits = matches(method ?? "fqn", wanted, is);
  return (resource) => !NOT_IN_GRAPH.has(resource.type) && fits(resource);
}

type Is = (text: string | null | undefined) => boolean;

function matches(method: string, wanted: string, is: Is): (resource: Resource) => boolean {
  switch (method) {
    case "fqn":
      return ({ id, entry }) => id === wanted || is(entry.name) || isPrefix(entry.fqn ?? [], wanted, is);
    case "tag":
      return ({ entry }) => (entry.tags ?? []).some(is);
    case "source":
      return ({ type, label, entry }) => type === "source" && (is(entry.source_name) || is(label));
    case "path":
      return ({ entry }) => is(entry.original_file_path) || (entry.original_file_path ?? "").startsWith(`${wanted}/`);
    case "file":
      return ({ entry }) => is((entry.original_file_path ?? "").split("/").at(-1));
    case "package":
      return ({ entry }) => is(entry.package_name);
    case "resource_type":
      return ({ type }) => is(type);
    case "group":
      return ({ entry }) => is(entry.group);
    case "access":
      return ({ entry }) => is(entry.access);
    case "exposure":
    case "metric":
    case "semantic_model":
    case "saved_query":
    case "unit_test":
      return ({ type, entry }) => type === method && is(entry.name);
    default:
      return method.startsWith("config.")
        ? ({ entry }) => is(scalarText(entry.config?.[method.slice("config.".length)]))
        : () => false;
  }
}

function scalarText(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** `shop.staging` names everything below it. */
function isPrefix(fqn: readonly string[], wanted: string, is: Is): boolean {
  const parts = wanted.split(".").length;
  return [fqn, fqn.slice(1)].some((path) => is(path.slice(0, parts).join(".")) || is(path.join(".")));
}

/** Shell wildcards, as dbt has them. */
function pattern(wanted: string): Is {
  if (!/[*?[]/.test(wanted)) return (text) => text === wanted;
  const source = wanted
    .replaceAll(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  try {
    const regex = new RegExp(`^${source}$`, "s");
    return (text) => isGiven(text) && regex.test(text);
  } catch {
    return () => false;
  }
}
