import { h, type Child } from "../element.ts";

/** Any value of an artifact: lists of things as tables, things as lists of what they have; what says nothing is left out. */
export function valueView(value: unknown): Child {
  if (isNothing(value)) return "—";
  if (Array.isArray(value)) return listView(value as unknown[]);
  if (typeof value === "object") return recordView(value as Record<string, unknown>);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.includes("\n") ? h("pre", {}, text.trimEnd()) : text;
}

export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.values(value).every(isNothing);
}

function listView(values: readonly unknown[]): Child {
  if (values.some((value) => typeof value !== "object" || Array.isArray(value)))
    return values.every((value) => typeof value !== "object")
      ? values.map(String).join(", ")
      : h(
          "ul",
          {},
          values.map((value) => h("li", {}, valueView(value))),
        );
  const records = values as readonly Record<string, unknown>[];
  const keys = [...new Set(records.flatMap((record) => Object.keys(record).filter((key) => !isNothing(record[key]))))];
  const rows = records.map((record) =>
    h(
      "tr",
      {},
      keys.map((key) => h("td", {}, cell(record[key]))),
    ),
  );
  return scrolled(
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          keys.map((key) => h("th", { scope: "col" }, key)),
        ),
      ),
      h("tbody", {}, rows),
    ),
  );
}

function cell(value: unknown): Child {
  return isNothing(value) ? null : valueView(value);
}

function recordView(record: Record<string, unknown>): Child {
  const entries = Object.entries(record).filter(([, value]) => !isNothing(value));
  return h(
    "dl",
    {},
    entries.map(([key, value]) => [h("dt", {}, key), h("dd", {}, valueView(value))]),
  );
}

export function scrolled(table: HTMLElement): HTMLElement {
  return h("div", { class: "scrolled", tabindex: 0 }, table);
}
