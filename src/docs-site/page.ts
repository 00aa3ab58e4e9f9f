import { h } from "./element.ts";
import { loadArtifacts } from "./load-artifacts.ts";
import { buildProject, type Project } from "./project.ts";
import { formatRoute, parseRoute, type Route } from "./routes.ts";
import { buildIndex, search, type Index } from "./search.ts";
import { lineagePage } from "./views/lineage-view.ts";
import { listPage, missingPage, overviewPage, searchPage, sourcePage } from "./views/other-pages.ts";
import { resourcePage } from "./views/resource-page.ts";
import { navigation } from "./views/tree-view.ts";

const root = document.getElementById("site");
if (root !== null) void start(root);

async function start(place: HTMLElement): Promise<void> {
  try {
    show(place, buildProject(await loadArtifacts()));
  } catch (error) {
    place.replaceChildren(failure(error));
  }
}

/** A page from the disk may not read the files beside it. */
function failure(error: unknown): HTMLElement {
  return h(
    "main",
    { class: "failure" },
    h("h1", {}, "The docs cannot be shown"),
    h("p", {}, error instanceof Error ? error.message : String(error)),
    h(
      "p",
      {},
      "manifest.json is read from beside this page: ",
      h("code", {}, "docs generate"),
      " writes it, ",
      h("code", {}, "docs serve"),
      " shows it. One file that opens by itself: ",
      h("code", {}, "docs generate --static"),
      ".",
    ),
  );
}

function show(place: HTMLElement, project: Project): void {
  const main = h("main", { id: "main" });
  const tree = navigation(project);
  const input = h("input", {
    type: "search",
    placeholder: "Search ( / )",
    "aria-label": "Search",
    autocomplete: "off",
  });
  let index: Index | null = null;
  const pageOf = (route: Route): HTMLElement => {
    if (route.page !== "search") return page(project, route);
    return searchPage(search((index ??= buildIndex(project)), route.query), route.query);
  };
  const go = (): void => {
    const route = parseRoute(location.hash);
    main.replaceChildren(pageOf(route));
    tree.show(route.page === "resource" ? route.id : null);
    const isSearch = route.page === "search";
    if (!isSearch) input.value = "";
    else if (document.activeElement !== input) input.value = route.query;
    const title = main.querySelector("h1");
    document.title = `${title?.textContent ?? ""} · ${project.name}`;
    if (route.page === "resource" && route.section !== null) document.getElementById(route.section)?.scrollIntoView();
    else if (!isSearch) {
      main.scrollTo(0, 0);
      title?.focus({ preventScroll: true });
    }
  };
  place.replaceChildren(header(project, input), tree.element, main);
  searchAsTyped(input, go);
  window.addEventListener("hashchange", go);
  go();
}

function page(project: Project, route: Exclude<Route, { page: "search" }>): HTMLElement {
  switch (route.page) {
    case "overview":
      return overviewPage(project, route.packageName);
    case "source":
      return sourcePage(project, route.name);
    case "list":
      return listPage(project, route.type);
    case "lineage":
      return lineagePage(project, route.include, route.exclude);
    case "resource": {
      const resource = project.resources.get(route.id);
      return resource === undefined ? missingPage(route.id) : resourcePage(project, resource);
    }
  }
}

function header({ name }: Project, input: HTMLElement): HTMLElement {
  return h(
    "header",
    { class: "site-head" },
    h("a", { class: "skip", href: "#main", onclick: skip }, "To the content"),
    h("a", { class: "name", href: formatRoute({ page: "overview", packageName: null }) }, name),
    h("div", { role: "search" }, input),
    h("a", { href: formatRoute({ page: "lineage", include: "", exclude: "" }) }, "Lineage"),
  );
}

/** The address names the page, so the link may not change it. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("main h1")?.focus();
}

/** The address follows the text, without a step back for every letter. */
function searchAsTyped(input: HTMLInputElement, go: () => void): void {
  input.addEventListener("input", () => {
    const target = formatRoute({ page: "search", query: input.value });
    if (parseRoute(location.hash).page === "search") history.replaceState(null, "", target);
    else history.pushState(null, "", target);
    go();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest("input, select, textarea") !== null;
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    } else if (event.key === "Escape" && event.target === input) {
      if (parseRoute(location.hash).page === "search") history.back();
      input.blur();
    } else if (event.key === "Enter" && event.target === input) {
      document.querySelector<HTMLElement>("main .hits a")?.click();
    }
  });
}
