import { h, svg, type Child } from "../element.ts";
import { layOut, type Placed, type Point } from "../layout.ts";
import { lineageOf, MOST_DRAWN } from "../lineage.ts";
import { TYPES, type Project, type Resource } from "../project.ts";
import { formatRoute, linkTo } from "../routes.ts";
import { isGiven } from "../given.ts";

const BOX_HEIGHT = 26;
const CHARACTER = 7.2;
const LONGEST_LABEL = 32;
const DEPTHS = ["0", "1", "2", "3", "5", "all"];

/** The lineage of a node on its page: so many steps up and down. */
export function lineagePart(project: Project, id: string): HTMLElement {
  const place = h("div");
  const above = depthChoice("Steps up", "1");
  const below = depthChoice("Steps down", "1");
  const isTest = project.resources.get(id)?.type.endsWith("test") === true;
  const tests = h("input", { type: "checkbox", checked: isTest });
  const whole = h("a", {}, "Open as a page");
  const show = (): void => {
    const include = `${above.value === "all" ? "" : above.value}+${id}+${below.value === "all" ? "" : below.value}`;
    whole.setAttribute("href", formatRoute({ page: "lineage", include, exclude: "" }));
    place.replaceChildren(graph(project, { include, exclude: "", withTests: tests.checked, current: id }));
  };
  for (const control of [above, below, tests]) control.addEventListener("change", show);
  show();
  const controls = [
    h("label", {}, "Up ", above),
    h("label", {}, "Down ", below),
    h("label", {}, tests, " Tests"),
    whole,
  ];
  return h("div", { class: "lineage" }, h("div", { class: "controls" }, controls), place);
}

function depthChoice(title: string, chosen: string): HTMLSelectElement {
  const options = DEPTHS.map((depth) => h("option", { value: depth, selected: depth === chosen }, depth));
  return h("select", { "aria-label": title }, options);
}

/** The lineage of a selection, as a page of its own. */
export function lineagePage(project: Project, include: string, exclude: string): HTMLElement {
  const chosen = h("input", { type: "text", value: include, placeholder: "+orders+ tag:daily 2+model.shop.orders" });
  const without = h("input", { type: "text", value: exclude });
  const tests = h("input", { type: "checkbox" });
  const place = h("div");
  const show = (): void => {
    place.replaceChildren(graph(project, { include, exclude, withTests: tests.checked, current: null }));
  };
  tests.addEventListener("change", show);
  show();
  const submit = (event: Event): void => {
    event.preventDefault();
    location.hash = formatRoute({ page: "lineage", include: chosen.value, exclude: without.value });
  };
  return h(
    "article",
    { class: "lineage whole" },
    h("h1", { tabindex: -1 }, "Lineage"),
    h(
      "form",
      { class: "controls", onsubmit: submit },
      h("label", { class: "wide" }, "Select ", chosen),
      h("label", {}, "Exclude ", without),
      h("label", {}, tests, " Tests"),
      h("button", { type: "submit" }, "Show"),
    ),
    place,
  );
}

interface Shown {
  readonly include: string;
  readonly exclude: string;
  readonly withTests: boolean;
  readonly current: string | null;
}

function graph(project: Project, shown: Shown): HTMLElement {
  const { ids, edges, leftOut } = lineageOf(project, shown);
  if (ids.length === 0) return h("p", { class: "note" }, "Nothing is selected.");
  const resources = new Map(ids.flatMap((id) => [[id, project.resources.get(id)] as const]));
  const drawing = layOut(
    ids.map((id) => ({ id, width: labelOf(resources.get(id)).length * CHARACTER + 24 })),
    edges,
  );
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${drawing.width} ${drawing.height}`,
      width: drawing.width,
      height: drawing.height,
      role: "group",
      "aria-label": `Lineage of ${ids.length} nodes`,
    },
    drawing.edges.map(({ points }) => svg("path", { class: "edge", d: curve(points) })),
    drawing.boxes.map((box) => boxView(box, resources.get(box.id), box.id === shown.current)),
  );
  const scroll = h("div", { class: "graph", tabindex: 0 }, picture);
  dragToScroll(scroll);
  const more =
    leftOut === 0
      ? null
      : h("p", { class: "note" }, `The first ${MOST_DRAWN} of ${ids.length + leftOut} nodes: select fewer.`);
  return h("div", {}, zoomButtons(picture, scroll, drawing.width), more, scroll, legend(resources));
}

function labelOf(resource: Resource | undefined): string {
  const label = resource?.label ?? "";
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}

function boxView({ id, x, y, width }: Placed, resource: Resource | undefined, isCurrent: boolean): SVGElement {
  const box = svg("rect", { x, y: y - BOX_HEIGHT / 2, width, height: BOX_HEIGHT, rx: 5 });
  // By a property, so that a text that is no colour is none.
  const colour = resource?.entry.docs?.node_color;
  if (isGiven(colour)) box.style.setProperty("--node", colour);
  return svg(
    "a",
    {
      href: linkTo(id),
      class: `node type-${resource?.type ?? ""} ${isCurrent ? "current" : ""}`,
      "aria-current": isCurrent ? "true" : null,
    },
    svg("title", {}, id),
    box,
    svg("text", { x: x + 12, y: y + 4 }, labelOf(resource)),
  );
}

/** Soft bends from left to right. */
export function curve(points: readonly Point[]): string {
  return points
    .map(({ x, y }, index) => {
      const before = points[index - 1];
      if (before === undefined) return `M${round(x)} ${round(y)}`;
      const middle = round((before.x + x) / 2);
      return `C${middle} ${round(before.y)} ${middle} ${round(y)} ${round(x)} ${round(y)}`;
    })
    .join("");
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function legend(resources: ReadonlyMap<string, Resource | undefined>): HTMLElement {
  const types = new Set([...resources.values()].map((resource) => resource?.type ?? ""));
  const items = Object.keys(TYPES).filter((type) => types.has(type));
  return h(
    "ul",
    { class: "legend", "aria-hidden": "true" },
    items.map((type) => h("li", { class: `type-${type}` }, type.replaceAll("_", " "))),
  );
}

function zoomButtons(picture: SVGElement, scroll: HTMLElement, width: number): HTMLElement {
  const { height } = { height: Number(picture.getAttribute("height")) };
  let scale = 1;
  const zoom = (to: number): void => {
    scale = Math.min(2, Math.max(0.1, to));
    picture.setAttribute("width", String(width * scale));
    picture.setAttribute("height", String(height * scale));
  };
  const button = (text: string, title: string, to: () => number): Child =>
    h("button", { type: "button", "aria-label": title, title, onclick: () => zoom(to()) }, text);
  return h(
    "div",
    { class: "zoom" },
    button("−", "Smaller", () => scale / 1.25),
    button("+", "Larger", () => scale * 1.25),
    button("Fit", "As wide as the page", () => Math.min(1, scroll.clientWidth / width)),
  );
}

function dragToScroll(scroll: HTMLElement): void {
  let last: PointerEvent | null = null;
  scroll.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && !(event.target as Element).closest("a")) last = event;
  });
  scroll.addEventListener("pointermove", (event) => {
    if (last === null) return;
    scroll.scrollBy(last.clientX - event.clientX, last.clientY - event.clientY);
    last = event;
  });
  for (const end of ["pointerup", "pointerleave"]) scroll.addEventListener(end, () => (last = null));
}
