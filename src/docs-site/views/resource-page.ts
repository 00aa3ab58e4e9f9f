import { h, type Child } from "../element.ts";
import { markdownOrNothing } from "../markdown.ts";
import { isTestOf, resourcesOf, testsOf, type Project, type Resource } from "../project.ts";
import { formatRoute } from "../routes.ts";
import { groupOf } from "../trees.ts";
import { codeView } from "./code-view.ts";
import { columnsView, constraintView, shortName } from "./columns-view.ts";
import { detailsView, statusBadge } from "./details-view.ts";
import { lineagePart } from "./lineage-view.ts";
import { badge, byType, longList, resourceLink, section, typeBadge } from "./links.ts";
import { isNothing, scrolled, valueView } from "./value-view.ts";
import { isGiven } from "../given.ts";

const NOT_IN_GRAPH = new Set(["macro", "group"]);

/** Fields that say what a resource of a rarer kind is, each with the title of its part. */
const DEFINITIONS: readonly (readonly [field: string, title: string])[] = [
  ["type_params", "Definition"],
  ["filter", "Filter"],
  ["model", "Model"],
  ["primary_entity", "Primary entity"],
  ["entities", "Entities"],
  ["dimensions", "Dimensions"],
  ["measures", "Measures"],
  ["metrics", "Metrics"],
  ["query_params", "Query"],
  ["exports", "Exports"],
  ["given", "Given"],
  ["expect", "Expected"],
  ["overrides", "Overrides"],
  ["returns", "Returns"],
];
const WITH_DEFINITION = new Set(["metric", "semantic_model", "saved_query", "unit_test", "function"]);

export function resourcePage(project: Project, resource: Resource): HTMLElement {
  const { id, type, entry } = resource;
  const page = h("article", {}, pageHead(project, resource), detailsView(project, resource));
  const parts = [
    section("description", "Description", descriptions(resource)),
    section("columns", "Columns", columnsView(project, resource)),
    section("arguments", "Arguments", argumentsView(resource)),
    ...(WITH_DEFINITION.has(type) ? definitions(resource) : []),
    section("tests", "Tests and constraints", testsView(project, resource)),
    section("members", "Members", type === "group" && longList(membersOf(project, entry.name), resourceLink)),
    section("code", "Code", codeView(resource)),
    NOT_IN_GRAPH.has(type) ? null : section("lineage", "Lineage", lineagePart(project, id)),
    section("depends_on", "Depends on", byType(parentsOf(project, resource))),
    section("referenced_by", "Referenced by", byType(childrenOf(project, resource))),
    section("config", "Configuration", configView(resource)),
  ];
  page.append(...parts.filter((part) => part !== null));
  return page;
}

function pageHead(project: Project, resource: Resource): HTMLElement {
  const { type, label, entry } = resource;
  const run = project.runs.get(resource.id);
  const materialized = entry.config?.["materialized"];
  return h(
    "header",
    { class: "page-head" },
    typeBadge(type),
    type === "source" &&
      h("a", { href: formatRoute({ page: "source", name: entry.source_name ?? "" }) }, entry.source_name ?? ""),
    h("h1", { tabindex: -1 }, type === "source" ? entry.name : label),
    type === "model" && typeof materialized === "string" && badge(materialized),
    isGiven(run?.status) && statusBadge(run.status),
  );
}

function descriptions({ entry, table }: Resource): Child[] {
  const own = markdownOrNothing(entry.description) ?? markdownOrNothing(table?.metadata.comment);
  return [own, markdownOrNothing(entry.source_description)];
}

function argumentsView({ entry }: Resource): Child {
  const given = entry.arguments ?? [];
  if (given.length === 0) return null;
  const rows = given.map((argument) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, h("code", {}, argument.name)),
      h("td", {}, argument.type ?? argument.data_type),
      h("td", {}, markdownOrNothing(argument.description)),
    ),
  );
  const titles = ["Argument", "Type", "Description"].map((title) => h("th", { scope: "col" }, title));
  return scrolled(h("table", {}, h("thead", {}, h("tr", {}, titles)), h("tbody", {}, rows)));
}

function definitions({ entry }: Resource): (HTMLElement | null)[] {
  return DEFINITIONS.map(([field, title]) => {
    const value = entry[field];
    return isNothing(value) ? null : section(`def-${field}`, title, h("div", {}, valueView(value)));
  });
}

/** Tests of the whole resource and of its columns, and the constraints that are not those of one column. */
function testsView(project: Project, resource: Resource): Child {
  const tests = testsOf(project, resource.id);
  const constraints = resource.entry.constraints ?? [];
  if (tests.length + constraints.length === 0) return null;
  return [
    tests.length > 0 && longList(tests, (test) => testView(project, test)),
    constraints.length > 0 && longList(constraints, constraintView),
  ];
}

function testView({ runs }: Project, test: Resource): Child {
  const run = runs.get(test.id);
  const { column_name: column, test_metadata: generic } = test.entry;
  const of = isGiven(column) ? ` of ${column}` : "";
  return [
    isGiven(generic) ? badge(`${shortName(test)}${of}`) : typeBadge(test.type),
    " ",
    resourceLink(test),
    " ",
    isGiven(run?.status) && statusBadge(run.status),
  ];
}

function membersOf({ resources }: Project, group: string): Resource[] {
  return [...resources.values()].filter((resource) => resource.type !== "group" && groupOf(resource) === group);
}

/** Macros that come with dbt are not worth a line each. */
function parentsOf(project: Project, { id, type, entry }: Resource): Resource[] {
  const macros = resourcesOf(project, entry.depends_on?.macros ?? []);
  const own = macros.filter((macro) => type === "macro" || !/^dbt(_|$)/.test(macro.entry.package_name));
  return [...resourcesOf(project, project.parents.get(id) ?? []), ...own];
}

function childrenOf(project: Project, { id, type }: Resource): Resource[] {
  if (type === "macro") return resourcesOf(project, project.callers.get(id) ?? []);
  return resourcesOf(project, project.children.get(id) ?? []).filter((child) => !isTestOf(child, id));
}

function configView({ entry }: Resource): Child {
  if (isNothing(entry.config)) return null;
  return h("details", {}, h("summary", {}, "Every config that is set"), h("div", {}, valueView(entry.config)));
}
