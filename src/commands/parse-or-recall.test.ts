import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { RunEvent } from "../contracts/events.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { Manifest } from "../contracts/manifest.ts";
import { resolveFlags } from "../cli/flags.ts";
import { ROOT, temporaryFolder } from "../../test/support/program.ts";
import { writeProject } from "../../test/support/write-project.ts";
import { openSession } from "./session.ts";

const build = vi.hoisted((): { BUILD_ID: string | null } => ({ BUILD_ID: "one" }));
vi.mock("../shared/build-id.ts", () => build);

/** Long after all files were written, so that their stamps can be trusted; each command a second later. */
let clock = Date.now() + 60_000;
beforeEach(() => {
  build.BUILD_ID = "one";
});

interface Given {
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, unknown>;
}

function open(
  root: string,
  { env = {}, flags = {} }: Given = {},
): { manifest: Manifest; at: number; said: RunEvent[]; text: string } {
  const said: RunEvent[] = [];
  clock += 1000;
  const all = resolveFlags({ which: "parse", given: flags, env, project: {}, argv: [] });
  const invocation: Invocation = {
    id: `id-${String(clock)}`,
    startedAt: new Date(clock),
    flags: { ...all, project_dir: root, profiles_dir: root },
    env,
    emit: (event) => said.push(event),
  };
  const { manifest } = openSession(invocation);
  const text = said.flatMap((event) => (event.kind === "log" ? [event.message] : [])).join("\n");
  return { manifest, at: clock / 1000, said, text };
}

/** A whole parse, which leaves nothing behind. */
function parse(root: string, given: Given = {}): Manifest {
  build.BUILD_ID = null;
  try {
    return open(root, given).manifest;
  } finally {
    build.BUILD_ID = "one";
  }
}

/** Without what tells when a node was read, and what only a parse needs. */
function plain({ macros, ...manifest }: Manifest): unknown {
  const own = Object.entries(macros).filter(([, macro]) => !macro.package_name.startsWith("dbt"));
  const builtin = Object.values(macros).map((macro) => `${macro.unique_id} ${macro.depends_on.macros.join()}`);
  const without = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(without);
    if (typeof value !== "object" || value === null || value instanceof Number) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(
          ([key, entry]) => key !== "created_at" && key !== "_calls" && key !== "_unsteady" && entry !== undefined,
        )
        .map(([key, entry]) => [key, without(entry)]),
    );
  };
  return without({ ...manifest, macros: Object.fromEntries(own), builtin });
}

function wasParsed({ manifest, at }: { manifest: Manifest; at: number }): boolean {
  return Object.values(manifest.macros).every((macro) => macro.created_at === at);
}

const PROJECTS = join(ROOT, "test", "projects");
const names = readdirSync(PROJECTS).filter((name) => existsSync(join(PROJECTS, name, "project", "dbt_project.yml")));

describe.each(names)("project %s", (name) => {
  test("is recalled as it was parsed, also where its models were written since", () => {
    using work = temporaryFolder();
    cpSync(join(PROJECTS, name, "project"), work.path, { recursive: true });
    let parsed: Manifest;
    try {
      parsed = parse(work.path);
    } catch {
      return; // Some of the projects are there to fail.
    }
    open(work.path);
    expect(plain(open(work.path).manifest)).toEqual(plain(parsed));
    for (const path of sqlFiles(parsed)) {
      const file = join(work.path, path);
      writeFileSync(file, `-- a new first line\n${readFileSync(file, "utf8")}\n-- and a last one\n`);
    }
    expect(plain(open(work.path).manifest)).toEqual(plain(parse(work.path)));
  });
});

function sqlFiles(manifest: Manifest): string[] {
  const own = Object.values(manifest.nodes).filter(
    (node) =>
      ["model", "snapshot", "test", "analysis"].includes(node.resource_type) && node.test_metadata === undefined,
  );
  return [...new Set(own.map((node) => node.original_file_path))].filter((path) => path.endsWith(".sql"));
}

const FILES = {
  "models/a.sql": "select 1 as id",
  "models/b.sql": "select id from {{ ref('a') }}",
  "models/c.sql": "{{ config(tags=[env_var('TAG', 'none')]) }} select 1.0 as id",
  "models/models.yml":
    "models:\n  - name: a\n    config: {meta: {ratio: 1.0}}\n    columns: [{name: _id, data_tests: [unique, positive]}]\n",
  "macros/positive.sql": "{% test positive(model, column_name) %} select * from {{ model }} {% endtest %}",
};

describe("a kept project", () => {
  const change = (edit: (root: string) => Given | undefined, expected: "parsed" | "recalled"): void => {
    using work = temporaryFolder();
    writeProject(work.path, FILES);
    expect(wasParsed(open(work.path))).toBe(true);
    expect(wasParsed(open(work.path))).toBe(false);
    const given = edit(work.path) ?? {};
    const opened = open(work.path, given);
    expect(wasParsed(opened)).toBe(expected === "parsed");
    expect(plain(opened.manifest)).toEqual(plain(parse(work.path, given)));
  };
  const write = (path: string, text: string) => (root: string) => {
    writeProject(root, { ...FILES, [path]: text });
    return undefined;
  };

  test.each<[string, "parsed" | "recalled", (root: string) => Given | undefined]>([
    ["nothing", "recalled", () => undefined],
    ["a model's text", "recalled", write("models/b.sql", "select id, 2 as two from {{ ref('a') }}")],
    ["the text of a model with properties", "recalled", write("models/a.sql", "select 2 as id, 'x' as _id")],
    ["a model's references", "recalled", write("models/b.sql", "select id from {{ ref('c') }}")],
    ["a text of the same length", "recalled", write("models/b.sql", "select id from {{ ref('c') }}")],
    ["a model's config", "parsed", write("models/b.sql", "{{ config(alias='x') }} select 1 as id")],
    [
      "a model that goes",
      "parsed",
      (root) => {
        rmSync(join(root, "models/b.sql"));
        return undefined;
      },
    ],
    ["a model that comes", "parsed", write("models/d.sql", "select 1 as id")],
    ["a property file", "parsed", write("models/models.yml", "models: [{name: a, description: x}]")],
    [
      "a macro",
      "parsed",
      write("macros/positive.sql", "{% test positive(model, column_name) %} select 1 {% endtest %}"),
    ],
    ["dbt_project.yml", "parsed", write("dbt_project.yml", "name: shop\nprofile: shop\nmodels: {+schema: x}\n")],
    ["an env var that was read", "parsed", () => ({ env: { TAG: "blue" } })],
    ["another env var", "recalled", () => ({ env: { OTHER: "blue" } })],
    ["vars", "parsed", () => ({ flags: { vars: "{a: 1}" } })],
    ["a flag that was read", "parsed", () => ({ flags: { store_failures: true } })],
    ["another flag", "recalled", () => ({ flags: { full_refresh: true } })],
    ["--no-partial-parse", "parsed", () => ({ flags: { partial_parse: false } })],
    [
      "the program",
      "parsed",
      () => {
        build.BUILD_ID = "two";
        return undefined;
      },
    ],
  ])("after a change of %s", (_what, expected, edit) => {
    change(edit, expected);
  });

  test.each([
    ["cut off", (text: string) => text.slice(0, -20)],
    ["of other text", (text: string) => text.replace("select 1 as id", "select 2 as id")],
    ["empty", () => ""],
  ])("is parsed anew where the file is %s", (_what, damage) => {
    change((root) => {
      const file = join(root, "target", "partial_parse", "dev.duckdb.json");
      writeFileSync(file, damage(readFileSync(file, "utf8")));
      return undefined;
    }, "parsed");
  });

  test("knows a file that was written in the tick in which it was read", () => {
    using work = temporaryFolder();
    writeProject(work.path, FILES);
    clock = Date.now();
    open(work.path);
    writeFileSync(join(work.path, "models/b.sql"), FILES["models/b.sql"].replace("'a'", "'c'"));
    expect(open(work.path).manifest.nodes["model.shop.b"]?.refs[0]?.name).toBe("c");
    clock = Date.now() + 60_000;
  });

  test("is none where the project has errors, and says them again", () => {
    using work = temporaryFolder();
    writeProject(work.path, { ...FILES, "models/b.sql": "select * from {{ ref('nowhere') }}" });
    for (let time = 0; time < 2; time++) expect(() => open(work.path)).toThrow("depends on a node named 'nowhere'");
  });

  test("says an error in the text that changed, and what was wrong before no longer", () => {
    using work = temporaryFolder();
    writeProject(work.path, FILES);
    open(work.path);
    write("models/b.sql", "select * from {{ ref('nowhere') }}")(work.path);
    expect(() => open(work.path)).toThrow("depends on a node named 'nowhere'");
    write("models/b.sql", FILES["models/b.sql"])(work.path);
    expect(wasParsed(open(work.path))).toBe(false);
  });

  test("gives its warnings every time", () => {
    using work = temporaryFolder();
    writeProject(work.path, { ...FILES, "models/more.yml": "models: [{name: nobody}]\n" });
    const warnings = (): string[] =>
      open(work.path).said.flatMap((event) => (event.kind === "diagnostic" ? [event.diagnostic.message] : []));
    const first = warnings();
    expect(first).toHaveLength(1);
    expect(warnings()).toEqual(first);
  });
});

describe("what hangs on the moment", () => {
  const started = "{{ run_started_at.timestamp() | int }}";

  test("a model's config is worked out every time", () => {
    using work = temporaryFolder();
    const text = `{{ config(meta={'at': run_started_at.timestamp() | int}) }} select 1 as id`;
    writeProject(work.path, { ...FILES, "models/now.sql": text });
    const at = (): unknown => (open(work.path).manifest.nodes["model.shop.now"]?.config["meta"] as { at: number }).at;
    const first = at();
    expect(at()).not.toBe(first);
  });

  test("what reads the time and does not hang on it is recalled", () => {
    using work = temporaryFolder();
    writeProject(work.path, {
      ...FILES,
      "dbt_project.yml": `name: shop\nprofile: shop\non-run-start: ["select '${started}' as at", "select '{{ invocation_id }}'"]\n`,
      "models/now.sql": `select '${started}' as at from {{ ref('a') }}`,
      "macros/positive.sql": `{% test positive(model, column_name) %} select '{{ modules.datetime.datetime.now() }}' from {{ model }} {% endtest %}`,
    });
    open(work.path);
    const opened = open(work.path);
    expect(wasParsed(opened)).toBe(false);
    expect(plain(opened.manifest)).toEqual(plain(parse(work.path)));
  });

  test("a hook or a test that refers to another node each time is no longer taken as it was", () => {
    using work = temporaryFolder();
    const which = "(run_started_at.timestamp() | int) % 2";
    writeProject(work.path, {
      ...FILES,
      "dbt_project.yml": `name: shop\nprofile: shop\non-run-start: ["select * from {{ ref(['a', 'b'][${which}]) }}"]\n`,
      "macros/positive.sql": `{% test positive(model, column_name) %} select * from {{ ref(['b', 'c'][${which}]) }} {% endtest %}`,
    });
    const refs = (): unknown[] => {
      const { nodes } = open(work.path).manifest;
      return Object.values(nodes)
        .filter((node) => node.resource_type === "operation" || node.test_metadata?.name === "positive")
        .map((node) => node.refs.map((ref) => ref.name).join());
    };
    const first = refs();
    expect(first).toHaveLength(2);
    expect(refs()).not.toEqual(first);
    expect(refs()).toEqual(first);
  });

  test("a property file that reads the time is read every time", () => {
    using work = temporaryFolder();
    const text = `models: [{name: a, config: {meta: {at: "${started}"}}}]\n`;
    writeProject(work.path, { ...FILES, "models/models.yml": text });
    const at = (): unknown => (open(work.path).manifest.nodes["model.shop.a"]?.config["meta"] as { at: unknown }).at;
    const first = at();
    expect(at()).not.toBe(first);
  });

  test("what a model says while it is parsed is said every time", () => {
    using work = temporaryFolder();
    writeProject(work.path, { ...FILES, "models/loud.sql": "{{ log('heard', info=True) }} select 1 as id" });
    expect(open(work.path).text).toContain("heard");
    expect(open(work.path).text).toContain("heard");
  });
});
