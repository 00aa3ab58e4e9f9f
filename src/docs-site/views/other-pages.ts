import { h, type Child } from "../element.ts";
import { markdown, markdownOrNothing } from "../markdown.ts";
import { byLabel, counted, isListed, overviewText, TYPES, type Project, type Resource } from "../project.ts";
import { formatRoute } from "../routes.ts";
import { longList, resourceLink, typedLink } from "./links.ts";

export function overviewPage(project: Project, packageName: string | null): HTMLElement {
  const text = overviewText(project, packageName);
  const names = new Set([...project.resources.values()].filter(isListed).map(({ entry }) => entry.package_name));
  names.delete(project.name);
  return h(
    "article",
    {},
    h("header", { class: "page-head" }, h("h1", { tabindex: -1 }, packageName ?? project.name)),
    !project.hasCatalog &&
      h("p", { class: "note" }, "There is no catalog.json: types of columns are those that the project declares."),
    h(
      "ul",
      { class: "counts" },
      counted(project, packageName).map(({ type, count }) =>
        h(
          "li",
          {},
          h("a", { href: listLink(type, packageName) }, h("b", {}, String(count)), ` ${TYPES[type] ?? type}`),
        ),
      ),
    ),
    text === null ? null : markdown(text),
    packageName === null && names.size > 0 && [h("h2", {}, "Packages"), longList([...names].sort(), packageLink)],
    packageName === null && project.generatedAt !== null && h("p", { class: "note" }, `Written ${project.generatedAt}`),
  );
}

function listLink(type: string, packageName: string | null): string {
  const route = { page: "list", type } as const;
  return packageName === null
    ? formatRoute(route)
    : formatRoute({ page: "search", query: `type:${type} package:${packageName}` });
}

function packageLink(packageName: string): Child {
  return h("a", { href: formatRoute({ page: "overview", packageName }) }, packageName);
}

export function listPage({ resources }: Project, type: string): HTMLElement {
  const own = [...resources.values()].filter((resource) => resource.type === type && isListed(resource)).sort(byLabel);
  return h("article", {}, head(TYPES[type] ?? type, own.length), longList(own, described));
}

/** A source with its tables. */
export function sourcePage({ resources }: Project, name: string): HTMLElement {
  const tables = [...resources.values()].filter(({ type, entry }) => type === "source" && entry.source_name === name);
  const text = tables.map(({ entry }) => entry.source_description ?? "").find((one) => one !== "");
  return h(
    "article",
    {},
    head(`Source ${name}`, tables.length),
    text === undefined ? null : markdownOrNothing(text),
    longList(tables.sort(byLabel), described),
  );
}

function head(title: string, count: number): HTMLElement {
  return h(
    "header",
    { class: "page-head" },
    h("h1", { tabindex: -1 }, title),
    h("span", { class: "badge" }, String(count)),
  );
}

function described(resource: Resource): Child {
  return [resourceLink(resource), " ", h("span", { class: "note" }, firstLine(resource.entry.description ?? ""))];
}

function firstLine(text: string): string {
  const [line = ""] = text.trim().split("\n");
  return line.length > 140 ? `${line.slice(0, 139)}…` : line;
}

export function missingPage(id: string): HTMLElement {
  return h(
    "article",
    {},
    h("h1", { tabindex: -1 }, "Not in these docs"),
    h("p", {}, "Nothing here has the id ", h("code", {}, id), ". It may have been renamed, switched off or removed."),
  );
}

export function searchPage(
  hits: readonly { resource: Resource; where: string | null; snippet: string | null }[],
  query: string,
): HTMLElement {
  return h(
    "article",
    {},
    h("h1", { tabindex: -1 }, query.trim() === "" ? "Search" : `Search: ${query}`),
    h("p", { role: "status" }, query.trim() === "" ? SEARCH_HELP : hits.length === 1 ? "1 hit" : `${hits.length} hits`),
    longList(
      hits,
      ({ resource, where, snippet }) => [
        typedLink(resource),
        where !== null && h("span", { class: "note" }, ` in ${where}`),
        snippet !== null && h("div", { class: "snippet" }, snippet),
      ],
      "hits",
    ),
  );
}

const SEARCH_HELP =
  "Names, descriptions, columns, tags and SQL are searched. tag:x, type:model and package:x narrow it.";
