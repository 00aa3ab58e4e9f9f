import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { create } from "tar";
import { fakeServer, json, type FakeServer } from "../support/fake-server.ts";
import { finished, run, start, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

let folder: ReturnType<typeof temporaryFolder>;
let server: FakeServer;
let project: string;
const archives = new Map<string, Buffer>();
const packages = new Map<string, Record<string, { needs: unknown[]; sha1?: string }>>();

beforeEach(async () => {
  folder = temporaryFolder();
  project = join(folder.path, "project");
  archives.clear();
  packages.clear();
  server = await fakeServer(({ url }, response, base) => {
    const [, name = ""] = /^\/api\/v1\/(.+)\.json$/.exec(url) ?? [];
    const versions = packages.get(name);
    const archive = archives.get(url);
    if (name === "index") json(response, [...packages.keys()]);
    else if (versions !== undefined) json(response, hubPage(name, versions, base));
    else if (archive !== undefined) response.end(archive);
    else response.writeHead(404).end();
  });
});
afterEach(async () => {
  await server.close();
  folder[Symbol.dispose]();
});

function hubPage(name: string, versions: Record<string, { needs: unknown[]; sha1?: string }>, base: string): unknown {
  const short = name.split("/")[1] ?? "";
  const entries = Object.entries(versions).map(([version, { needs, sha1 }]) => [
    version,
    { name: short, version, packages: needs, downloads: { tarball: `${base}/${name}/${version}.tar.gz`, sha1 } },
  ]);
  return { name: short, namespace: name.split("/")[0], latest: "", versions: Object.fromEntries(entries) as unknown };
}

function publish(name: string, version: string, needs: unknown[] = [], sha1?: string): void {
  packages.set(name, { ...packages.get(name), [version]: { needs, ...(sha1 === undefined ? {} : { sha1 }) } });
  const short = name.split("/")[1] ?? "";
  archives.set(
    `/${name}/${version}.tar.gz`,
    archive({ [`${short}-${version}/dbt_project.yml`]: `name: ${short}\nversion: '${version}'\n` }),
  );
}

function archive(files: Record<string, string>, prepare: (at: string) => void = () => undefined): Buffer {
  using made = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made.path, path)), { recursive: true });
    writeFileSync(join(made.path, path), text);
  }
  prepare(made.path);
  return create({ gzip: true, sync: true, cwd: made.path }, readdirSync(made.path)).read() as Buffer;
}

function repository(files: Record<string, string>): { path: string; commit: string } {
  const path = join(folder.path, "repository");
  writeProject(path, files);
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: path, encoding: "utf8" }).trim();
  git("init", "--quiet", "-b", "main");
  git("add", ".");
  git("commit", "--quiet", "-m", "one");
  git("tag", "v1.0");
  const bare = join(folder.path, "bare.git");
  git("clone", "--quiet", "--bare", ".", bare);
  return { path: bare, commit: git("rev-parse", "HEAD") };
}

function deps(packagesYml: string, args: string[] = [], env: Record<string, string> = {}): Promise<Ran> {
  writeProject(project, { "packages.yml": packagesYml });
  return depsAgain(args, env);
}

function depsAgain(args: string[] = [], env: Record<string, string> = {}): Promise<Ran> {
  const cache = join(folder.path, "cache");
  return run(["deps", ...args], project, {
    DBT_PACKAGE_HUB_URL: `${server.url}/`,
    DUCKHOUSE_PACKAGE_CACHE_DIR: cache,
    ...env,
  });
}

const installed = (): string[] => readdirSync(join(project, "dbt_packages")).sort();
const lockFile = (): string => readFileSync(join(project, "package-lock.yml"), "utf8");

test("hub packages: ranges, what they need, the lock file, updates", async () => {
  publish("acme/base", "1.0.0");
  publish("acme/base", "1.4.0");
  publish("acme/base", "2.0.0");
  publish("acme/base", "2.1.0-rc1");
  publish("acme/tools", "0.3.0", [{ package: "acme/base", version: [">=1.0.0", "<2.0.0"] }]);
  const first = await deps("packages:\n  - package: acme/tools\n    version: 0.3.0\n");
  expect(first.stdout + first.stderr).toContain("Installing acme/tools");
  for (const text of [
    "Installed from version 0.3.0",
    "Up to date!",
    "Installed from version 1.4.0",
    "Updated version available: 2.0.0",
    "Updates available for packages: ['acme/base']",
  ])
    expect(first.stdout).toContain(text);
  expect(first.code).toBe(0);
  expect(installed()).toEqual(["base", "tools"]);
  // The hash is the one that dbt 1.11 gives for this list.
  expect(lockFile()).toBe(
    "packages:\n  - name: tools\n    package: acme/tools\n    version: 0.3.0\n  - name: base\n    package: acme/base\n    version: 1.4.0\n" +
      "sha1_hash: bddc611497ff50b6838b661e986b6a4165ff0e93\n",
  );
  publish("acme/base", "1.5.0");
  expect((await depsAgain()).stdout).toContain("Installed from version 1.4.0");
  const upgraded = await depsAgain(["--upgrade"]);
  expect(upgraded.stdout).toContain("Installed from version 1.5.0");
  await server.close();
  const offline = await depsAgain(["--offline"]);
  expect({ code: offline.code, text: offline.stdout.includes("Installed from version 1.5.0") }).toEqual({
    code: 0,
    text: true,
  });
  expect((await run(["parse"], project)).code).toBe(0);
});

test("wishes that exclude each other are told with who has them; nothing is written", async () => {
  publish("acme/base", "1.0.0");
  publish("acme/base", "2.0.0");
  publish("acme/tools", "0.3.0", [{ package: "acme/base", version: [">=2.0.0"] }]);
  const ran = await deps(
    'packages:\n  - package: acme/base\n    version: "1.0.0"\n  - package: acme/tools\n    version: 0.3.0\n  - package: acme/bsae\n    version: 1.0.0\n',
  );
  expect(ran.code).toBe(2);
  expect(ran.stdout + ran.stderr).toContain("Package acme/bsae was not found in the package index");
  const two = await deps(
    'packages:\n  - package: acme/base\n    version: "1.0.0"\n  - package: acme/tools\n    version: 0.3.0\n',
  );
  expect(two.stdout + two.stderr).toContain(
    "Version error for package acme/base: Could not find a satisfactory version from options",
  );
  expect(two.stdout + two.stderr).toMatch(
    /1\.0\.0 is asked for by .*packages\.yml:2; >=2\.0\.0 is asked for by .*acme\/tools\.json/,
  );
  expect(existsSync(join(project, "package-lock.yml"))).toBe(false);
});

test("git packages: a tag, a subdirectory, the commit in the lock file", async () => {
  const { path, commit } = repository({ "dbt/dbt_project.yml": "name: inner\n", "dbt_project.yml": "name: outer\n" });
  const ran = await deps(
    `packages:\n  - git: ${path}\n    revision: v1.0\n  - git: "{{ env_var('REPO') }}"\n    subdirectory: dbt\n`,
    [],
    { REPO: path },
  );
  expect(ran.stdout + ran.stderr).toContain(`Installed from revision ${commit}`);
  expect(ran.stdout + ran.stderr).toContain("not pinned, using HEAD (default branch)");
  expect(installed()).toEqual(["inner", "outer"]);
  expect(existsSync(join(project, "dbt_packages", "outer", ".git"))).toBe(false);
  expect(lockFile()).toContain(
    `  - git: "{{ env_var('REPO') }}"\n    name: inner\n    revision: ${commit}\n    subdirectory: dbt\n`,
  );
  expect((await depsAgain(["--offline"], { REPO: path })).code).toBe(0);
});

test.each([
  ["git: --upload-pack=touch", "DH1072"],
  ["git: /nowhere/at/all", "DH1073"],
])("%s is refused", async (entry, code) => {
  const ran = await deps(`packages:\n  - ${entry}\n`);
  expect({ code: ran.code, text: ran.stdout + ran.stderr }).toMatchObject({
    code: 2,
    text: expect.stringContaining(code) as string,
  });
});

test("a tarball gets the name of its entry", async () => {
  archives.set("/x.tar.gz", archive({ "x/dbt_project.yml": "name: x\n" }));
  const ran = await deps(`packages:\n  - tarball: ${server.url}/x.tar.gz\n    name: named\n`);
  expect(ran.stdout).toContain(`Installed from tarball (url: ${server.url}/x.tar.gz)`);
  expect(installed()).toEqual(["named"]);
});

test("what is not safe or not whole is refused, and what was installed stays", async () => {
  archives.set("/good.tar.gz", archive({ "x/dbt_project.yml": "name: x\n" }));
  await deps(`packages:\n  - tarball: ${server.url}/good.tar.gz\n    name: x\n`);
  const whole = archive({ "x/dbt_project.yml": "name: x\n", "x/big.sql": "select 1\n".repeat(9999) });
  archives.set("/cut.tar.gz", whole.subarray(0, whole.length - 30));
  archives.set(
    "/link.tar.gz",
    archive({ "x/dbt_project.yml": "name: x\n" }, (at) => symlinkSync("../../etc", join(at, "x", "out"))),
  );
  archives.set(
    "/chain.tar.gz",
    archive({ "x/y/dbt_project.yml": "name: x\n" }, (at) => {
      symlinkSync(".", join(at, "x", "a"));
      symlinkSync("a/../..", join(at, "x", "b"));
    }),
  );
  for (const [name, code] of [
    ["cut", "DH1074"],
    ["link", "DH1075"],
    ["chain", "DH1075"],
  ] as const) {
    const ran = await deps(`packages:\n  - tarball: ${server.url}/${name}.tar.gz\n    name: x\n`);
    expect({ name, text: ran.stdout + ran.stderr }).toMatchObject({
      name,
      text: expect.stringContaining(code) as string,
    });
    expect(installed()).toEqual(["x"]);
  }
});

test("--add-package keeps comments; --lock installs nothing", async () => {
  publish("acme/base", "1.0.0");
  writeProject(project, { "packages.yml": "# ours\npackages:\n  - package: acme/base\n    version: 0.1.0\n" });
  const ran = await depsAgain(["--add-package", "acme/base@1.0.0", "--lock"]);
  expect(ran.stdout).toContain("Added new package acme/base@1.0.0");
  expect(readFileSync(join(project, "packages.yml"), "utf8")).toBe(
    "# ours\npackages:\n  - package: acme/base\n    version: 1.0.0\n",
  );
  expect([existsSync(join(project, "dbt_packages")), lockFile().includes("version: 1.0.0")]).toEqual([false, true]);
});

test("a kill at any point leaves packages whole or away, and the next run heals", async () => {
  const files = (version: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`x/macros/m${String(index)}.sql`, `-- ${String(version)}`]),
    );
  const put = (version: number): unknown =>
    archives.set("/x.tar.gz", archive({ "x/dbt_project.yml": "name: x\n", ...files(version) }));
  put(0);
  const began = performance.now();
  await deps(`packages:\n  - tarball: ${server.url}/x.tar.gz\n    name: x\n`);
  const whole = performance.now() - began;
  const macros = join(project, "dbt_packages", "x", "macros");
  const points = 10;
  for (let point = 1; point <= points; point++) {
    put(point);
    const child = start(["deps"], project, { DUCKHOUSE_PACKAGE_CACHE_DIR: join(folder.path, "cache") });
    const ended = finished(child);
    const timer = setTimeout(() => child.kill("SIGKILL"), (whole * (point + 5)) / (points + 5));
    await ended;
    clearTimeout(timer);
    if (!existsSync(macros)) continue;
    const texts = readdirSync(macros).map((name) => readFileSync(join(macros, name), "utf8"));
    expect({ point, files: texts.length, versions: new Set(texts).size }).toEqual({ point, files: 400, versions: 1 });
  }
  expect((await depsAgain()).code).toBe(0);
  expect(installed()).toEqual(["x"]);
});

test("a project may ask for its target and for vars, although deps and clean know neither", async () => {
  writeProject(project, {
    "dbt_project.yml":
      "name: shop\nprofile: shop\nmodels:\n  +schema: \"{{ target.schema ~ var('suffix') }}\"\n  +enabled: \"{{ target.name in ['prod'] | as_bool }}\"\n",
    "packages.yml": "packages: [{local: ant}]\n",
    "ant/dbt_project.yml": "name: ant\nprofile: shop\nseeds: {+tags: \"{{ target['name'] }}\"}\n",
    "profiles.yml": "shop: {outputs: {default: {type: duckdb, path: \"{{ env_var('NOT_SET_ANYWHERE') }}\"}}}\n",
  });
  expect(await run(["deps"], project)).toMatchObject({ code: 0 });
  expect(await run(["clean", "--vars", "{suffix: a}"], project)).toMatchObject({ code: 0 });
});

test("what a package refers to is looked for in the project first, or with the flag in the package", async () => {
  const files = (flag: string): Record<string, string> => ({
    "dbt_project.yml": `name: shop\nprofile: shop\nflags: {require_ref_searches_node_package_before_root: ${flag}}\n`,
    "packages.yml": "packages: [{local: ant}]\n",
    "models/a.sql": "{{ config(alias='mine') }} select 1 as id",
    "ant/dbt_project.yml": "name: ant\nprofile: shop\n",
    "ant/models/a.sql": "select 2 as id",
    "ant/models/b.sql": "select * from {{ ref('a') }}",
  });
  for (const [flag, owner, id] of [
    ["false", "shop", 1],
    ["true", "ant", 2],
  ] as const) {
    writeProject(project, files(flag));
    await run(["deps"], project);
    expect(await run(["run"], project)).toMatchObject({ code: 0 });
    const text = readFileSync(join(project, "target", "manifest.json"), "utf8");
    const { parent_map: parents } = JSON.parse(text) as { parent_map: Record<string, string[]> };
    expect(parents["model.ant.b"]).toEqual([`model.${owner}.a`]);
    const shown = await run(["show", "--inline", "select id from {{ ref('b') }}", "--output", "json"], project);
    expect(shown.stdout).toContain(`"id": ${String(id)}`);
  }
});
