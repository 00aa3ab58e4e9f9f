import { append, h, type Child } from "../element.ts";
import { TYPES, type Project, type Resource } from "../project.ts";
import { formatRoute, linkTo } from "../routes.ts";

const SHOWN = 100;

export function resourceLink({ id, label }: Resource): HTMLElement {
  return h("a", { href: linkTo(id), title: id }, label);
}

/** The same with its type in front, where things of several types are listed. */
export function typedLink(resource: Resource): HTMLElement {
  return h("span", {}, typeBadge(resource.type), " ", resourceLink(resource));
}

export function typeBadge(type: string): HTMLElement {
  return h("span", { class: `type type-${type}` }, type.replaceAll("_", " "));
}

export function badge(text: string, kind = ""): HTMLElement {
  return h("span", { class: `badge ${kind}` }, text);
}

export function groupLink(project: Project, name: string): Child {
  const found = [...project.resources.values()].find(({ type, entry }) => type === "group" && entry.name === name);
  return found === undefined ? name : resourceLink(found);
}

export function tagLink(tag: string): HTMLElement {
  return h("a", { class: "badge", href: formatRoute({ page: "search", query: `tag:${tag}` }) }, tag);
}

/** A list that shows its first part, and a button for more: pages stay quick also where thousands depend on one node. */
export function longList<T>(items: readonly T[], show: (item: T) => Child, className = "plain"): HTMLElement {
  const list = h("ul", { class: className });
  fillInParts(list, items, show);
  return list;
}

/** Fills a list as far as it is looked at; gives what shows it as far as an item. */
export function fillInParts<T>(
  list: HTMLElement,
  items: readonly T[],
  show: (item: T) => Child,
): (index: number) => void {
  let done = 0;
  const button = h("button", { type: "button", onclick: () => showMore() });
  const more = h("li", {}, button);
  const fill = (count: number): void => {
    more.remove();
    append(
      list,
      items.slice(done, count).map((item) => h("li", {}, show(item))),
    );
    done = Math.min(items.length, Math.max(done, count));
    if (done === items.length) return;
    button.textContent = `Show more (${items.length - done})`;
    list.append(more);
  };
  const showMore = (): void => {
    const before = list.childElementCount - 1;
    fill(done + SHOWN);
    list.children[before]?.querySelector<HTMLElement>("a, button")?.focus();
  };
  fill(SHOWN);
  return (index) => {
    if (index >= done) fill(index + 1);
  };
}

/** Lists of several types of things, each under its name. */
export function byType(resources: readonly Resource[]): HTMLElement[] {
  return Object.entries(TYPES).flatMap(([type, title]) => {
    const own = resources.filter((resource) => resource.type === type);
    return own.length === 0 ? [] : [h("h3", {}, `${title} `, badge(String(own.length))), longList(own, resourceLink)];
  });
}

/** A part of a page; null: it would be empty. */
export function section(id: string, title: string, ...children: Child[]): HTMLElement | null {
  const isEmpty = children.flat(3).every((child) => child === null || child === undefined || child === false);
  return isEmpty
    ? null
    : h("section", { id, "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), children);
}
