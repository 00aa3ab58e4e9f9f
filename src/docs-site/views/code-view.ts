import { h } from "../element.ts";
import type { Resource } from "../project.ts";
import { sqlTokens } from "../sql-tokens.ts";
import { isGiven } from "../given.ts";

interface Tab {
  readonly title: string;
  readonly code: string;
  readonly isSql: boolean;
}

/** Longer texts are not coloured: every piece is an element. */
const LONGEST_COLOURED = 60_000;

export function codeTabs({ type, entry, table }: Resource): Tab[] {
  const isSql = (entry.language ?? "sql") === "sql";
  const tabs: Tab[] = [];
  const add = (title: string, code: string | null | undefined): void => {
    if (isGiven(code) && code.trim() !== "") tabs.push({ title, code: code.trim(), isSql });
  };
  add("Source", entry.raw_code ?? entry.macro_sql);
  add("Compiled", entry.compiled_code);
  if (type === "source" || type === "seed")
    add("Example", exampleSql(entry.relation_name, columnNames({ entry, table })));
  return tabs;
}

function columnNames({ entry, table }: Pick<Resource, "entry" | "table">): string[] {
  const found = Object.values(table?.columns ?? {}).sort((a, b) => a.index - b.index);
  return (found.length > 0 ? found : Object.values(entry.columns ?? {})).map(({ name }) => name);
}

export function exampleSql(relation: string | null | undefined, columns: readonly string[]): string | null {
  if (!isGiven(relation)) return null;
  const list = columns.length === 0 ? "*" : columns.map(quotedWhereNeeded).join(",\n    ");
  return `select\n    ${list}\nfrom ${relation}\nlimit 100`;
}

function quotedWhereNeeded(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The texts of a resource, one of them open. */
export function codeView(resource: Resource): HTMLElement | null {
  const tabs = codeTabs(resource);
  const [first] = tabs;
  if (first === undefined) return null;
  const place = h("div", {}, codeBlock(first));
  const buttons = tabs.map((tab) =>
    h("button", { type: "button", "aria-pressed": String(tab === first), onclick: () => open(tab) }, tab.title),
  );
  const open = (tab: Tab): void => {
    place.replaceChildren(codeBlock(tab));
    for (const [index, button] of buttons.entries()) button.setAttribute("aria-pressed", String(tabs[index] === tab));
  };
  return h(
    "div",
    { class: "code" },
    h("div", { class: "buttons", role: "group", "aria-label": "Which code" }, buttons),
    place,
  );
}

function codeBlock({ code, isSql, title }: Tab): HTMLElement {
  const isColoured = isSql && code.length <= LONGEST_COLOURED;
  const pieces = isColoured
    ? sqlTokens(code).map(({ kind, text }) => (kind === "text" ? text : h("span", { class: `sql-${kind}` }, text)))
    : code;
  const copy = h("button", { type: "button", class: "copy", onclick: () => void copyText(code, copy) }, "Copy");
  return h("div", { class: "code-block" }, copy, h("pre", { tabindex: 0, "aria-label": title }, h("code", {}, pieces)));
}

async function copyText(text: string, button: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Browsers give the clipboard to pages of this machine or of https alone.
    button.textContent = "Not allowed here";
  }
}
