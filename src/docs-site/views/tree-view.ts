import { append, h, type Child } from "../element.ts";
import type { Project } from "../project.ts";
import { linkTo } from "../routes.ts";
import { fillInParts } from "./links.ts";
import { databaseTree, groupTree, pathTo, projectTree, size, type Branch, type Leaf } from "../trees.ts";

const TREES: Readonly<Record<string, (project: Project) => Branch>> = {
  Project: projectTree,
  Database: databaseTree,
  Groups: groupTree,
};
export interface Navigation {
  readonly element: HTMLElement;
  /** Opens the folders above a resource and marks it. */
  readonly show: (id: string | null) => void;
}

/** The navigation: one of three trees. Folders are filled when they are opened. */
export function navigation(project: Project): Navigation {
  const trees = new Map<string, Branch>();
  const place = h("div", { class: "tree" });
  let chosen = "Project";
  let current: string | null = null;
  let shown: ShownBranch | null = null;
  const tree = (): Branch => {
    let made = trees.get(chosen);
    if (made === undefined) trees.set(chosen, (made = (TREES[chosen] ?? projectTree)(project)));
    return made;
  };
  const names = Object.keys(TREES).filter((name) => name !== "Groups" || hasGroups(project));
  const choose = (name: string): void => {
    chosen = name;
    for (const [index, button] of buttons.entries()) button.setAttribute("aria-pressed", String(names[index] === name));
    shown = branchList(tree());
    place.replaceChildren(shown.element);
    shown.reveal([`/${project.name}`], null);
    show(current);
  };
  const buttons = names.map((name) => h("button", { type: "button", onclick: () => choose(name) }, name));
  const show = (id: string | null): void => {
    current = id;
    for (const marked of place.querySelectorAll("[aria-current]")) marked.removeAttribute("aria-current");
    const path = id === null ? null : pathTo(tree(), id);
    if (id === null || path === null) return;
    shown?.reveal(path, id);
    const link = [...place.querySelectorAll("a")].find((one) => one.getAttribute("href") === linkTo(id));
    link?.setAttribute("aria-current", "page");
    link?.scrollIntoView({ block: "nearest" });
  };
  choose("Project");
  const kinds = h("div", { class: "buttons", role: "group", "aria-label": "Arranged by" }, buttons);
  return { element: h("nav", { "aria-label": "Everything in the project" }, kinds, place), show };
}

function hasGroups({ resources }: Project): boolean {
  return [...resources.values()].some(({ type }) => type === "group");
}

interface ShownBranch {
  readonly element: HTMLElement;
  /** Opens the folders of a path, and shows a leaf at its end. */
  readonly reveal: (path: readonly string[], id: string | null) => void;
}

function branchList({ branches, leaves }: Branch): ShownBranch {
  const list = h("ul");
  const below = new Map(branches.map((branch) => [branch.label, branchItem(branch)]));
  append(
    list,
    [...below.values()].map(({ element }) => element),
  );
  const showTo = fillInParts(list, leaves, leafItem);
  return {
    element: list,
    reveal: ([next, ...rest], id) => {
      if (next === undefined) showTo(leaves.findIndex(({ resource }) => resource.id === id));
      else below.get(next)?.reveal(rest, id);
    },
  };
}

function branchItem(branch: Branch): ShownBranch {
  const count = h("span", { class: "count" }, String(size(branch)));
  const details = h("details", {}, h("summary", {}, branch.label, count));
  let list: ShownBranch | null = null;
  const filled = (): ShownBranch => {
    if (list === null) details.append((list = branchList(branch)).element);
    return list;
  };
  details.addEventListener("toggle", () => details.open && filled());
  return {
    element: h("li", {}, details),
    reveal: (path, id) => {
      details.open = true;
      filled().reveal(path, id);
    },
  };
}

function leafItem({ label, resource }: Leaf): Child {
  return h("a", { href: linkTo(resource.id), class: `leaf type-${resource.type}`, title: resource.id }, label);
}
