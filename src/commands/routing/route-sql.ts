import type { SqlDialect } from "../../contracts/query-shape.ts";
import { ROUTER_DEFAULTS, type Decision } from "../../contracts/routing.ts";
import { planEngines } from "../../5-planning/plan-engines.ts";
import type { SourceFacts } from "../../5-planning/planned-node.ts";
import { openSqlTools } from "./sql-tools.ts";
import { safeOnly } from "./built-nodes.ts";
import { knownTables, type KnownTable } from "./known-tables.ts";
import type { Route } from "./route-project.ts";

/** Where one query would run. Tables that nothing here knows are inputs of which nothing is known. */
export async function routeSql(route: Route, sql: string): Promise<Decision> {
  const { session } = route;
  const { analyze, findHazards } = await openSqlTools();
  const dialect = session.project.target.type as SqlDialect;
  const shape = await analyze(sql, dialect);
  const known = knownTables(route);
  const inputs = shape.tables.map((name) => inputFacts(route, name, known));
  const engines = [...session.sides.keys()];
  const others = engines.filter((engine) => engine !== dialect) as SqlDialect[];
  const hazards = (await Promise.all(others.map((other) => findHazards(sql, dialect, other)))).flat();
  const settings = session.hybrid?.router ?? ROUTER_DEFAULTS;
  const plan = planEngines({
    nodes: [
      {
        id: "query",
        name: "query",
        schema: "",
        path: "query",
        file: "--sql",
        materialized: "view",
        config: {},
        wantsCatalog: false,
        parents: inputs.map((input) => input.unique_id ?? input.name),
        settings,
        shape,
        impossible: {},
        safeOnly: safeOnly({}, hazards, settings, dialect),
        hazards,
        measured: null,
        checksum: "",
        build: "full",
        isBuiltNow: true,
        standing: null,
      },
    ],
    sources: new Map(inputs.map((input) => [input.unique_id ?? input.name, input])),
    engines,
    defaultEngine: engines[0] ?? "",
    homeOf: {},
    advisor: null,
    mayTry: false,
  });
  const decision = plan.decisions.get("query");
  if (decision === undefined) throw new Error("bug: the query was not decided");
  return { ...decision, node: "" };
}

/** By a node's or source's own name, by `source.table`, or by the name that an engine has for it. */
function inputFacts({ session }: Route, written: string, tables: readonly KnownTable[]): SourceFacts {
  const name = written.toLowerCase();
  const isNamed = (table: KnownTable): boolean => {
    const relation = table.relation.toLowerCase();
    return table.name.toLowerCase() === name || relation === name || relation.endsWith(`.${name}`);
  };
  const found =
    tables.find(isNamed) ?? tables.find((table) => table.name.toLowerCase() === name.split(".").slice(-2).join("."));
  const engines = [...session.sides.keys()];
  if (found === undefined)
    return {
      name: written,
      unique_id: null,
      lives_on: "unknown",
      format: null,
      rows: null,
      bytes: null,
      readableBy: [],
    };
  const { unique_id, lives_on, format, rows, bytes, engine } = found;
  return {
    name: written,
    unique_id,
    lives_on,
    format,
    rows,
    bytes,
    readableBy: lives_on === "iceberg" ? engines : [engine],
  };
}
