import type { Entry, JsonRecord } from "../artifacts.ts";
import { h, type Child } from "../element.ts";
import type { Project, Resource } from "../project.ts";
import { formatRoute } from "../routes.ts";
import { safeLink } from "../safe-url.ts";
import { groupOf } from "../trees.ts";
import { groupLink, resourceLink, tagLink } from "./links.ts";
import { isNothing, valueView } from "./value-view.ts";
import { isGiven } from "../given.ts";

type Row = readonly [title: string, value: Child];

/** What there is to know of a resource in short; rows without a value are left out. */
export function detailsView(project: Project, resource: Resource): HTMLElement {
  const rows = [
    ...relationRows(resource),
    ...placeRows(project, resource),
    ...kindRows(project, resource),
    ...runRows(project, resource),
    ...statRows(resource),
  ];
  const told = rows.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return h(
    "dl",
    { class: "details" },
    told.map(([title, value]) => h("div", {}, h("dt", {}, title), h("dd", {}, value))),
  );
}

function relationRows({ type, entry, table }: Resource): Row[] {
  const materialized = entry.config?.["materialized"];
  const isNode = type === "model" || type === "snapshot" || type === "seed" || type === "function";
  return [
    ["Relation", isGiven(entry.relation_name) ? h("code", {}, entry.relation_name) : null],
    ["Kind in the database", table?.metadata.type],
    ["Materialized", isNode && typeof materialized === "string" ? materialized : null],
    ["Owner in the database", table?.metadata.owner],
    ["Language", entry.language === "sql" ? null : entry.language],
  ];
}

function placeRows(project: Project, resource: Resource): Row[] {
  const { entry, type } = resource;
  const { package_name: packageName } = entry;
  const group = groupOf(resource);
  const meta = isNothing(entry.meta) ? entry.config?.["meta"] : entry.meta;
  return [
    ["Package", h("a", { href: formatRoute({ page: "overview", packageName }) }, packageName)],
    ["File", entry.original_file_path],
    ["Described in", entry.patch_path?.replace(/^.*?:\/\//, "")],
    ["Group", group === null ? null : groupLink(project, group)],
    ["Access", type === "model" ? entry.access : null],
    ["Version", isGiven(entry.version) ? versionText(entry) : null],
    ["Contract", entry.contract?.enforced === true ? "enforced" : null],
    ["Deprecated from", entry.deprecation_date],
    ["Primary key", (entry.primary_key ?? []).join(", ")],
    ["Tags", (entry.tags ?? []).length === 0 ? null : (entry.tags ?? []).map((tag) => [tagLink(tag), " "])],
    ["Meta", isNothing(meta) ? null : valueView(meta)],
  ];
}

function versionText({ version, latest_version: latest }: Entry): string {
  if (!isGiven(latest)) return String(version);
  return `${String(version)} (${String(version) === String(latest) ? "the latest" : `latest: ${String(latest)}`})`;
}

/** What only some kinds have. */
function kindRows(project: Project, { type, entry }: Resource): Row[] {
  switch (type) {
    case "source":
      return [
        ["Loader", entry.loader],
        ["Loaded at", entry.loaded_at_field ?? entry.loaded_at_query],
        ["Freshness", isNothing(entry.freshness) ? null : valueView(entry.freshness)],
        ["External", isNothing(entry.external) ? null : valueView(entry.external)],
      ];
    case "test":
      return [
        ["Test", entry.test_metadata?.name],
        ["Of", found(project, entry.attached_node)],
        ["Column", entry.column_name],
        [
          "Arguments",
          isNothing(entry.test_metadata?.kwargs) ? null : valueView(withoutModel(entry.test_metadata?.kwargs)),
        ],
        ["Severity", text(entry.config?.["severity"])],
      ];
    case "exposure":
    case "group":
      return [
        ["Type", entry.type],
        ["Maturity", entry.maturity],
        ["Owner", isNothing(entry.owner) ? null : valueView(entry.owner)],
        ["Address", addressLink(entry.url)],
      ];
    default:
      return [
        ["Label", entry.label],
        ["Type", type === "metric" ? entry.type : null],
      ];
  }
}

function withoutModel(kwargs: JsonRecord = {}): JsonRecord {
  return Object.fromEntries(Object.entries(kwargs).filter(([name]) => name !== "model" && name !== "column_name"));
}

function found({ resources }: Project, id: string | null | undefined): Child {
  const resource = resources.get(id ?? "");
  return resource === undefined ? null : resourceLink(resource);
}

function addressLink(url: string | null | undefined): Child {
  const safe = isGiven(url) ? safeLink(url) : null;
  return safe === null ? url : h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, safe);
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function runRows({ runs, freshness, routes }: Project, { id }: Resource): Row[] {
  const run = runs.get(id);
  const fresh = freshness.get(id);
  const route = routes.get(id);
  return [
    [
      "Last run",
      run === undefined ? null : [statusBadge(run.status ?? ""), ` in ${(run.execution_time ?? 0).toFixed(2)} s`],
    ],
    ["Message", run?.message],
    ["Last freshness", fresh === undefined ? null : [statusBadge(fresh.status ?? ""), " ", fresh.max_loaded_at]],
    ["Engine", route?.engine],
    ["Why there", route === undefined ? null : `${route.rule}: ${route.reason}`],
  ];
}

const GOOD = new Set(["success", "pass", "no-op"]);
const BAD = new Set(["error", "fail", "runtime error"]);

export function statusBadge(status: string): HTMLElement {
  return h("span", { class: `badge ${GOOD.has(status) ? "good" : BAD.has(status) ? "bad" : "fair"}` }, status);
}

function statRows({ table }: Resource): Row[] {
  const stats = Object.values(table?.stats ?? {}).filter(({ include }) => include);
  return stats.map(({ label, value }) => [label, valueView(value)] as const);
}
