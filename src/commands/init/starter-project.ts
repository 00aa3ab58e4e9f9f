import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A small project that builds as it is, with one of each folder. */
export function writeStarterProject(folder: string, name: string, profile: string): void {
  for (const [path, text] of Object.entries(starterFiles(name, profile))) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  }
}

function starterFiles(name: string, profile: string): Record<string, string> {
  return {
    "dbt_project.yml": projectText(name, profile),
    ".gitignore": "target/\ndbt_packages/\nlogs/\n.duckhouse/\n*.duckdb\n*.duckdb.wal\n",
    "README.md": readmeText(name),
    "models/example/my_first_dbt_model.sql": FIRST_MODEL,
    "models/example/my_second_dbt_model.sql": SECOND_MODEL,
    "models/example/schema.yml": PROPERTIES,
    ...Object.fromEntries(
      ["analyses", "macros", "seeds", "snapshots", "tests"].map((folder) => [`${folder}/.gitkeep`, ""]),
    ),
  };
}

function projectText(name: string, profile: string): string {
  return `# A project's name is letters, digits and underscores.
name: '${name}'
version: '1.0.0'

# The entry of profiles.yml that says where the project is built.
profile: '${profile}'

# Where each kind of file is looked for.
model-paths: ["models"]
analysis-paths: ["analyses"]
test-paths: ["tests"]
seed-paths: ["seeds"]
macro-paths: ["macros"]
snapshot-paths: ["snapshots"]

# What \`clean\` removes.
clean-targets:
  - "target"
  - "dbt_packages"

# Settings of models, by folder. What a model says itself, in {{ config(...) }}, goes before.
models:
  ${name}:
    example:
      +materialized: view
`;
}

function readmeText(name: string): string {
  return `# ${name}

\`\`\`sh
duckhouse-dbt build      # models and their tests
duckhouse-dbt show -s my_second_dbt_model
duckhouse-dbt debug      # does the profile work?
\`\`\`

Models are queries in \`models/\`; each becomes a table or a view. Put your own beside the two examples, then remove those.
`;
}

const FIRST_MODEL = `-- A model is a query. This one becomes a table; without the next line it would be a view, as dbt_project.yml says.
{{ config(materialized='table') }}

select 1 as id
union all
select 2 as id
`;

const SECOND_MODEL = `-- ref() names another model: it is built first, and its name in the database is put here.
select *
from {{ ref('my_first_dbt_model') }}
where id = 1
`;

const PROPERTIES = `version: 2

models:
  - name: my_first_dbt_model
    description: "An example of a table"
    columns:
      - name: id
        description: "Which row it is"
        data_tests:
          - unique
          - not_null

  - name: my_second_dbt_model
    description: "An example of a model that reads another"
    columns:
      - name: id
        description: "Which row it is"
        data_tests:
          - unique
          - not_null
`;
