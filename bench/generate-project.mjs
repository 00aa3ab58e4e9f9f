// Writes a dbt project of any size: the same arguments always give the same bytes.
// usage: node bench/generate-project.mjs --models 1000 --out /tmp/project-1000
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const SOURCES = ["orders", "customers", "payments", "products", "shipments"];
const MODELS_PER_FOLDER = 50;
const ROWS_PER_SOURCE = 100;
/** Every 20th model is incremental: 5 %. */
const INCREMENTAL_EVERY = 20;

/** Three layers: 40 % staging views on sources, 30 % intermediate and 30 % mart tables on two or three refs each. */
export function generateProject(models, out) {
  const write = (path, text) => {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  };
  write("dbt_project.yml", PROJECT);
  write("profiles.yml", PROFILES);
  write("macros/columns.sql", MACROS);
  write("macros/create_raw_tables.sql", RAW_TABLES);
  write("models/sources.yml", sourcesYaml());
  const layers = layerSizes(models);
  for (const [layer, count] of Object.entries(layers)) {
    for (let first = 0; first < count; first += MODELS_PER_FOLDER) {
      const numbers = range(first, Math.min(first + MODELS_PER_FOLDER, count));
      const folder = `models/${layer}/area_${pad(first / MODELS_PER_FOLDER)}`;
      for (const number of numbers) write(`${folder}/${nameOf(layer, number)}.sql`, sqlOf(layer, number, layers));
      write(`${folder}/schema.yml`, schemaYaml(layer, numbers));
    }
  }
}

function layerSizes(models) {
  const marts = Math.floor(models * 0.3);
  const intermediate = Math.floor(models * 0.3);
  return { staging: models - intermediate - marts, intermediate, marts };
}

const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);
const pad = (number) => String(number).padStart(4, "0");
const PREFIX = { staging: "stg", intermediate: "int", marts: "mart" };
const nameOf = (layer, number) => `${PREFIX[layer]}_${pad(number)}`;

function sqlOf(layer, number, layers) {
  if (layer === "staging") return stagingSql(number);
  const below = layer === "intermediate" ? "staging" : "intermediate";
  // Fixed steps through the layer below spread the edges without a random number.
  const parent = (step) => nameOf(below, (number * step + step) % layers[below]);
  const parents = [...new Set([parent(1), parent(7)])];
  if (layer === "marts") parents.push(nameOf("staging", (number * 3) % layers.staging));
  return joinSql(number, parents, number % Math.round(INCREMENTAL_EVERY * 0.6) === 0);
}

const stagingSql = (number) => `with source as (
    select * from {{ source('raw', '${SOURCES[number % SOURCES.length]}') }}
),

renamed as (
    select
        id,
        customer_id,
        {{ cents_to_euros('amount') }} as amount,
        {{ status_flags(['open', 'paid', 'sent', 'lost']) }},
        created_at
    from source
    where id % ${2 + (number % 7)} <> 1
)

select * from renamed
`;

function joinSql(number, parents, incremental) {
  const [first, ...others] = parents;
  const joins = others.map(
    (name, index) => `left join {{ ref('${name}') }} as p${index + 1} on p${index + 1}.id = base.id`,
  );
  const config = incremental
    ? "{{ config(materialized='incremental', unique_key='id', tags=['incremental']) }}\n\n"
    : "";
  const filter = incremental
    ? "\n{% if is_incremental() %}\nwhere base.created_at > (select max(created_at) from {{ this }})\n{% endif %}"
    : "";
  return `${config}with base as (
    select * from {{ ref('${first}') }}
)

select
    base.id,
    base.customer_id,
    {{ add_amounts([${["base", ...others.map((_, index) => `p${index + 1}`)].map((name) => `'${name}'`).join(", ")}]) }} as amount,
    {% for status in ['open', 'paid', 'sent', 'lost'] -%}
    base.is_{{ status }},
    {% endfor -%}
    ${number} as model_number,
    base.created_at
from base
${joins.join("\n")}${filter}
`;
}

function schemaYaml(layer, numbers) {
  const models = numbers.map(
    (number) => `  - name: ${nameOf(layer, number)}
    description: "Model ${number} of the ${layer} layer."
    columns:
      - name: id
        description: The key
        data_tests:
          - unique
          - not_null
      - name: amount
        description: The amount in euros
`,
  );
  return `version: 2\n\nmodels:\n${models.join("")}`;
}

function sourcesYaml() {
  const tables = SOURCES.map((name) => `      - name: ${name}\n        description: "Raw ${name}"\n`);
  return `version: 2\n\nsources:\n  - name: raw\n    schema: raw\n    tables:\n${tables.join("")}`;
}

const PROJECT = `name: bench
version: "1.0"
config-version: 2
profile: bench
model-paths: [models]
macro-paths: [macros]
on-run-start:
  - "{{ create_raw_tables() }}"
models:
  bench:
    staging:
      +materialized: view
    intermediate:
      +materialized: table
      +tags: [intermediate]
    marts:
      +materialized: table
      +schema: marts
`;

const PROFILES = `bench:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: bench.duckdb
      threads: 4
`;

const MACROS = `{% macro cents_to_euros(column, digits=2) -%}
    round({{ column }} / 100.0, {{ digits }})
{%- endmacro %}

{% macro status_flags(statuses) -%}
    {% for status in statuses -%}
    status = '{{ status }}' as is_{{ status }}{{ "," if not loop.last }}
    {% endfor %}
{%- endmacro %}

{% macro add_amounts(names) -%}
    {% for name in names %}coalesce({{ name }}.amount, 0){% if not loop.last %} + {% endif %}{% endfor %}
{%- endmacro %}
`;

const RAW_TABLES = `{% macro create_raw_tables() %}
create schema if not exists raw;
{% for name in ${JSON.stringify(SOURCES).replaceAll('"', "'")} %}
create table if not exists raw.{{ name }} as
select
    i as id,
    i % 10 as customer_id,
    i * 100 + {{ loop.index }} as amount,
    ['open', 'paid', 'sent', 'lost'][1 + i % 4] as status,
    timestamp '2026-01-01' + to_days(i::int) as created_at
from range(${ROWS_PER_SOURCE}) as rows(i);
{% endfor %}
{% endmacro %}
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { models: { type: "string" }, out: { type: "string" } } });
  const models = Number(values.models);
  if (!Number.isInteger(models) || models < 1 || values.out === undefined) {
    console.error("usage: node bench/generate-project.mjs --models N --out FOLDER");
    process.exitCode = 2;
  } else {
    generateProject(models, values.out);
  }
}
