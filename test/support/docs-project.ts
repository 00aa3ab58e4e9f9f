import type { Entry, Manifest } from "../../src/docs-site/artifacts.ts";
import { buildProject, type Project } from "../../src/docs-site/project.ts";

/** A small project for tests: a source and a seed, two models below each other, a test of each kind, a macro, an exposure. */
export function smallProject(more: Partial<Manifest> = {}): Project {
  const manifest: Manifest = {
    metadata: { project_name: "shop" },
    nodes: keyed([
      entry("seed.shop.kinds", { relation_name: '"db"."main"."kinds"', database: "db", schema: "main" }),
      entry("model.shop.stg_orders", {
        original_file_path: "models/staging/stg_orders.sql",
        fqn: ["shop", "staging", "stg_orders"],
        tags: ["daily"],
        depends_on: { nodes: ["source.shop.raw.orders"], macros: ["macro.shop.cents"] },
        raw_code: "select {{ cents('amount') }} from {{ source('raw', 'orders') }}",
        config: { materialized: "view" },
        relation_name: '"db"."main"."stg_orders"',
        database: "db",
        schema: "main",
      }),
      entry("model.shop.orders", {
        original_file_path: "models/orders.sql",
        fqn: ["shop", "orders"],
        description: "One row for every order.",
        columns: { Id: { name: "Id", description: "The key of an order" } },
        depends_on: { nodes: ["model.shop.stg_orders", "seed.shop.kinds", "model.gone.away"] },
        config: { materialized: "table", group: "sales" },
        relation_name: '"db"."main"."orders"',
        database: "db",
        schema: "main",
      }),
      entry("model.other.dates", { original_file_path: "models/dates.sql", fqn: ["other", "dates"] }),
      entry("model.shop.hidden", { docs: { show: false }, depends_on: { nodes: ["model.shop.orders"] } }),
      entry("test.shop.unique_orders_Id", {
        attached_node: "model.shop.orders",
        column_name: "Id",
        depends_on: { nodes: ["model.shop.orders"] },
      }),
      entry("test.shop.orders_has_kinds", {
        attached_node: "model.shop.orders",
        depends_on: { nodes: ["model.shop.orders", "seed.shop.kinds"] },
      }),
    ]),
    sources: keyed([entry("source.shop.raw.orders", { source_name: "raw", name: "orders" })]),
    macros: keyed([entry("macro.shop.cents", { macro_sql: "round(100 * x)" }), entry("macro.dbt.hash")]),
    exposures: keyed([entry("exposure.shop.board", { depends_on: { nodes: ["model.shop.orders"] } })]),
    groups: keyed([entry("group.shop.sales")]),
    ...more,
  };
  return buildProject({ manifest, catalog: null, runResults: null, sources: null, routing: [] });
}

function entry(id: string, fields: Partial<Entry> = {}): Entry {
  const [resource_type = "", package_name = "", ...rest] = id.split(".");
  return { unique_id: id, resource_type, package_name, name: rest.at(-1) ?? "", ...fields };
}

function keyed(entries: readonly Entry[]): Record<string, Entry> {
  return Object.fromEntries(entries.map((one) => [one.unique_id, one]));
}
