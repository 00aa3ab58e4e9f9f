import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseYaml } from "../../src/shared/yaml-file.ts";
import { run, temporaryFolder, type Ran } from "../support/program.ts";

/** Profiles go to a home of the test's own, as `~/.dbt` would. */
async function init(folder: string, args: readonly string[], cwd = folder): Promise<Ran> {
  return run(["init", ...args], cwd, { HOME: join(folder, "home"), DBT_PROFILES_DIR: "" });
}

function profiles(folder: string): unknown {
  return parseYaml(readFileSync(join(folder, "home", ".dbt", "profiles.yml"), "utf8")).data;
}

test("a new project builds at once, and its profile lies in ~/.dbt", async () => {
  using folder = temporaryFolder();
  const made = await init(folder.path, ["shop"]);
  expect(made).toMatchObject({ code: 0 });
  expect(profiles(folder.path)).toEqual({
    shop: { target: "dev", outputs: { dev: { type: "duckdb", path: "dev.duckdb", schema: "main", threads: 4 } } },
  });
  const built = await run(["build"], join(folder.path, "shop"), {
    HOME: join(folder.path, "home"),
    DBT_PROFILES_DIR: "",
  });
  expect(built.stdout).toContain("PASS=6 WARN=0 ERROR=0");
  expect(existsSync(join(folder.path, "logs"))).toBe(false);
});

test("inside a project only the profile is made; what profiles.yml has stays", async () => {
  using folder = temporaryFolder();
  await init(folder.path, ["shop"]);
  const project = join(folder.path, "shop");
  const trino = ["--adapter", "trino", "--method", "ldap", "--host", "h", "--user", "u", "--catalog", "c"];
  const added = await init(folder.path, [...trino, "--schema", "s", "-t", "prod", "--threads", "2"], project);
  expect(added.code).toBe(0);
  expect(profiles(folder.path)).toEqual({
    shop: {
      target: "dev",
      outputs: {
        dev: { type: "duckdb", path: "dev.duckdb", schema: "main", threads: 4 },
        prod: {
          type: "trino",
          method: "ldap",
          host: "h",
          port: 443,
          user: "u",
          password: "{{ env_var('DBT_ENV_SECRET_TRINO_PASSWORD') }}",
          catalog: "c",
          schema: "s",
          threads: 2,
        },
      },
    },
  });
  const kept = await init(folder.path, ["--path", "other.duckdb"], project);
  expect(kept.stdout).toContain("Kept the output 'dev'");
  expect(JSON.stringify(profiles(folder.path))).not.toContain("other.duckdb");
  await init(folder.path, ["--path", "other.duckdb", "--overwrite-output"], project);
  expect(profiles(folder.path)).toMatchObject({ shop: { outputs: { dev: { path: "other.duckdb" }, prod: {} } } });
});

test("a target of both engines gets the catalog between them", async () => {
  using folder = temporaryFolder();
  expect(await init(folder.path, ["both", "--adapter", "duckhouse"])).toMatchObject({ code: 0 });
  expect(profiles(folder.path)).toMatchObject({
    both: { outputs: { dev: { type: "duckhouse", catalog: "lake", engines: { duckdb: {}, trino: {} } } } },
  });
  expect(readFileSync(join(folder.path, "both", "catalogs.yml"), "utf8")).toContain("name: lake");
});

test("a profile that is there can be used, or none be made", async () => {
  using folder = temporaryFolder();
  await init(folder.path, ["shop"]);
  const before = JSON.stringify(profiles(folder.path));
  expect(await init(folder.path, ["second", "--profile", "shop"])).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder.path, "second", "dbt_project.yml"), "utf8")).toContain("profile: 'shop'");
  expect(await init(folder.path, ["third", "-s"])).toMatchObject({ code: 0 });
  expect(JSON.stringify(profiles(folder.path))).toBe(before);
});

test.each([
  [[], "DH1720"],
  [["bad-name"], "DH1722"],
  [["dbt_duckdb"], "DH1722"],
  [["x", "--profile", "nope"], "DH1011"],
  [["x", "--adapter", "duckdbb"], "DH1722"],
  [["x", "--adapter", "trino"], "DH1720"],
])("init %j without a terminal says what is missing (%s)", async (args, code) => {
  using folder = temporaryFolder();
  const ran = await init(folder.path, args);
  expect([ran.code, ran.stdout + ran.stderr]).toEqual([2, expect.stringContaining(code)]);
});

test("a project's profile_template.yml asks its own questions", async () => {
  using folder = temporaryFolder();
  await init(folder.path, ["shop", "-s"]);
  const project = join(folder.path, "shop");
  writeFileSync(
    join(project, "profile_template.yml"),
    "fixed: {type: duckdb, threads: 1}\nprompts:\n  target: {default: mine}\n  path: {hint: a file}\n" +
      "  _choose_place:\n    here: {_fixed_schema: main}\n    there: {schema: {default: far}}\n",
  );
  const refused = await init(folder.path, [], project);
  expect(refused.stdout + refused.stderr).toContain("path (a file)");
  await init(folder.path, ["--path", "a.duckdb", "--answers", "{_choose_place: there}"], project);
  expect(profiles(folder.path)).toEqual({
    shop: { target: "mine", outputs: { mine: { type: "duckdb", threads: 1, path: "a.duckdb", schema: "far" } } },
  });
});

test("a project's folder that is there already is left alone, which is no failure", async () => {
  using folder = temporaryFolder();
  await init(folder.path, ["shop", "-s"]);
  const again = await init(folder.path, ["shop"]);
  expect(again.code).toBe(0);
  expect(again.stdout).toContain("A project called shop already exists here.");
  expect(existsSync(join(folder.path, "home", ".dbt", "profiles.yml"))).toBe(false);
});
