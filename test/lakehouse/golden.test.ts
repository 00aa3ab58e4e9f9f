import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareRows } from "../support/golden-step.ts";
import { trinoPort, trinoRows } from "../support/lakehouse.ts";
import { ROOT, run, temporaryFolder } from "../support/program.ts";

const PROJECTS = join(ROOT, "test", "lakehouse", "projects");
const names = readdirSync(PROJECTS).filter((name) => existsSync(join(PROJECTS, name, "golden.json")));

interface Step {
  readonly name: string;
  readonly command: string;
  readonly edit?: string;
  readonly [part: string]: unknown;
}
interface Artifact {
  readonly results: readonly {
    unique_id: string;
    status: string;
    failures: unknown;
    message: string | null;
    batch_results: object | null;
  }[];
}

const collapse = (text: string): string => text.trim().split(/\s+/).join(" ");
const readJson = (path: string): unknown => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null);

test.each(names)("%s: what dbt-trino gives, step by step", async (name) => {
  using work = temporaryFolder();
  cpSync(join(PROJECTS, name), work.path, { recursive: true });
  const spec = readJson(join(work.path, "steps.json")) as { steps: Step[]; mask?: Record<string, string[]> };
  const golden = readJson(join(work.path, "golden.json")) as { steps: Step[] };
  const project = join(work.path, "project");
  const target = join(project, "target");
  for (const [index, step] of spec.steps.entries()) {
    const expected = golden.steps[index]!;
    if (step.edit !== undefined) cpSync(join(work.path, "edits", step.edit), project, { recursive: true });
    for (const old of ["compiled", "run_results.json", "sources.json", "catalog.json"])
      rmSync(join(target, old), { recursive: true, force: true });
    const quiet = "stdout" in expected ? ["--quiet"] : [];
    const ran = await run([...quiet, ...words(step.command)], project, { TRINO_PORT: String(trinoPort()) });
    const found: Record<string, unknown> = { name: step.name, command: step.command, exit_code: ran.code };
    if ("results" in expected) found["results"] = results(target);
    if ("compiled" in expected) found["compiled"] = compiled(join(target, "compiled"));
    if ("tables" in expected) found["tables"] = await tables(name, spec.mask ?? {});
    if ("sources" in expected) found["sources"] = sources(target);
    if ("catalog" in expected) found["catalog"] = catalog(target);
    if ("stdout" in expected) found["stdout"] = ran.stdout.split("\n").filter((line) => line.trim() !== "");
    expect(found, `${step.name}\n${ran.stdout}\n${ran.stderr}`).toEqual(expected);
  }
});

function words(command: string): string[] {
  return [...command.matchAll(/"((?:\\.|[^"])*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

function results(target: string): unknown {
  const report = readJson(join(target, "run_results.json")) as Artifact;
  return Object.fromEntries(
    report.results.map(({ unique_id, status, failures, message, batch_results }) => [
      unique_id,
      {
        status,
        failures,
        message: message === null || message === "" ? message : collapse(message),
        ...(batch_results === null ? {} : { batch_results }),
      },
    ]),
  );
}

function compiled(folder: string): unknown {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const short = path.slice(folder.length + 1);
    // dbt 1.12 writes compiled snapshots, the reference (1.11) does not.
    if (entry.isFile() && path.endsWith(".sql") && !short.includes("schema.yml") && !short.includes("/snapshots/"))
      found[short] = collapse(readFileSync(path, "utf8"));
  }
  return found;
}

function sources(target: string): unknown {
  const report = readJson(join(target, "sources.json")) as {
    results: { unique_id: string; status: string; max_loaded_at?: string }[];
  };
  return Object.fromEntries(
    report.results.map(({ unique_id, status, max_loaded_at }) => [
      unique_id,
      { status, max_loaded_at: max_loaded_at ?? null },
    ]),
  );
}

function catalog(target: string): unknown {
  interface Table {
    unique_id: string;
    metadata: { type: string; comment: string | null };
    columns: Record<string, { name: string; type: string; index: number; comment: string | null }>;
  }
  const report = readJson(join(target, "catalog.json")) as Record<"nodes" | "sources", Record<string, Table>>;
  return Object.fromEntries(
    [...Object.values(report.nodes), ...Object.values(report.sources)].map(({ unique_id, metadata, columns }) => [
      unique_id,
      {
        type: metadata.type,
        comment: metadata.comment,
        columns: Object.values(columns)
          .sort((a, b) => a.index - b.index)
          .map((column) => [column.name, column.type, column.comment]),
      },
    ]),
  );
}

async function tables(name: string, mask: Record<string, string[]>): Promise<unknown> {
  const found: Record<string, unknown> = {};
  const relations = await trinoRows(
    `select t.table_schema, t.table_name, t.table_type, c.comment from information_schema.tables t
     left join system.metadata.table_comments c on c.catalog_name = 'lake' and c.schema_name = t.table_schema and c.table_name = t.table_name
     where t.table_schema like '${name}%' order by 1, 2`,
  );
  for (const [schema, table, kind, comment] of relations as [string, string, string, string | null][]) {
    const columns = (await trinoRows(
      `select column_name, data_type, comment from information_schema.columns
       where table_schema = '${schema}' and table_name = '${table}' order by ordinal_position`,
    )) as [string, string, string | null][];
    const hidden = mask[`${schema}.${table}`] ?? [];
    const cells = columns.map(([column, type]) => (hidden.includes(column) ? "'*'" : textOf(column, type)));
    const rows = await trinoRows(`select ${cells.join(", ")} from "${schema}"."${table}"`);
    found[`${schema}.${table}`] = {
      type: kind === "VIEW" ? "view" : "table",
      columns,
      rows: [...rows].sort(compareRows),
      comment,
    };
  }
  return found;
}

function textOf(column: string, type: string): string {
  return /^(array|map|row)/.test(type) ? `json_format(cast("${column}" as json))` : `cast("${column}" as varchar)`;
}
