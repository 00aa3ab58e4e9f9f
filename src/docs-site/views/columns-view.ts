import type { Column, Constraint } from "../artifacts.ts";
import { h, type Child } from "../element.ts";
import { markdownOrNothing } from "../markdown.ts";
import { testsOf, type Project, type Resource } from "../project.ts";
import { badge, resourceLink, tagLink } from "./links.ts";
import { isNothing, scrolled, valueView } from "./value-view.ts";
import { isGiven } from "../given.ts";

export interface ShownColumn {
  readonly name: string;
  readonly type: string | null;
  readonly declared: Column | null;
  readonly comment: string | null;
}

/** The columns of the database with what the project says of them, then those that only the project knows. */
export function columnsOf({ entry, table }: Pick<Resource, "entry" | "table">): ShownColumn[] {
  const declared = new Map(Object.values(entry.columns ?? {}).map((column) => [column.name.toLowerCase(), column]));
  const found = Object.values(table?.columns ?? {})
    .sort((a, b) => a.index - b.index)
    .map(({ name, type, comment }) => {
      const own = declared.get(name.toLowerCase()) ?? null;
      declared.delete(name.toLowerCase());
      return { name, type, declared: own, comment: comment ?? null };
    });
  const others = [...declared.values()].map((column) => ({
    name: column.name,
    type: column.data_type ?? null,
    declared: column,
    comment: null,
  }));
  return [...found, ...others];
}

export function columnsView(project: Project, resource: Resource): HTMLElement | null {
  const columns = columnsOf(resource);
  if (columns.length === 0) return null;
  const tests = testsOf(project, resource.id);
  const ofColumn = (name: string): Resource[] =>
    tests.filter(({ entry }) => entry.column_name?.toLowerCase() === name.toLowerCase());
  const titles = ["Column", "Type", "Description", "Tests and constraints"];
  return scrolled(
    h(
      "table",
      { class: "columns" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          titles.map((title) => h("th", { scope: "col" }, title)),
        ),
      ),
      h(
        "tbody",
        {},
        columns.map((column) => row(column, ofColumn(column.name))),
      ),
    ),
  );
}

function row({ name, type, declared, comment }: ShownColumn, tests: readonly Resource[]): HTMLElement {
  const { tags = [], meta = {}, constraints = [] } = declared ?? {};
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("code", {}, name), " ", tags.map(tagLink)),
    h("td", { class: "column-type" }, type),
    h("td", {}, markdownOrNothing(declared?.description ?? comment), isNothing(meta) ? null : valueView(meta)),
    h(
      "td",
      {},
      h(
        "ul",
        { class: "plain" },
        tests.map(testItem),
        constraints.map((one) => h("li", {}, constraintView(one))),
      ),
    ),
  );
}

function testItem(test: Resource): HTMLElement {
  const link = resourceLink(test);
  link.textContent = shortName(test);
  return h("li", {}, link);
}

/** `not_null`, `relationships`: of a generic test what it is, of others the name. */
export function shortName({ entry, label }: Resource): string {
  const { name, namespace } = entry.test_metadata ?? { name: label };
  return isGiven(namespace) ? `${namespace}.${name}` : name;
}

export function constraintView({
  type,
  name,
  expression,
  columns = [],
  to,
  to_columns: toColumns = [],
}: Constraint): Child {
  const words = [
    name ?? "",
    columns.length > 0 ? `(${columns.join(", ")})` : "",
    expression ?? "",
    isGiven(to) ? `→ ${to}${toColumns.length > 0 ? ` (${toColumns.join(", ")})` : ""}` : "",
  ];
  return [badge(type.replaceAll("_", " ")), " ", words.filter(Boolean).join(" ")];
}
