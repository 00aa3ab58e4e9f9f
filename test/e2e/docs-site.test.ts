import { createServer } from "node:net";
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { get, request } from "node:http";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Window, type Element, type HTMLInputElement } from "happy-dom";
import { DOCS_FILES, KINDS } from "../support/docs-files.ts";
import { run, start, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

type Artifact = Record<string, Record<string, { unique_id: string; resource_type: string }>>;

const work = temporaryFolder();
const target = join(work.path, "target");
const read = (name: string): string => readFileSync(join(target, name), "utf8");

const ROUTING_LOG = [
  { node: "model.shop.visits", engine: "trino", rule: "rows", reason: "too many rows" },
  { node: "model.shop.visits", engine: "duckdb", rule: "small", reason: "few rows" },
  { node: "query", engine: "duckdb", rule: "small", reason: "few rows", sql: "select 'a query of somebody'" },
];

beforeAll(async () => {
  writeProject(work.path, DOCS_FILES);
  const built = await run(["build"], work.path);
  expect(built.code, built.stdout).toBe(0);
  writeFileSync(join(target, "routing_log.jsonl"), ROUTING_LOG.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const documented = await run(["docs", "generate", "--static"], work.path);
  expect(documented.code, documented.stdout).toBe(0);
});

afterAll(() => {
  work[Symbol.dispose]();
});

/** A page in a browser's place; errors of its scripts fail the test. */
async function opened(html: string): Promise<Window> {
  const window = new Window({
    url: "http://localhost:8080/",
    settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true },
  });
  window.document.write(html);
  await window.happyDOM.waitUntilComplete();
  return window;
}

async function visit(window: Window, hash: string): Promise<string> {
  window.location.hash = hash;
  window.dispatchEvent(new window.Event("hashchange"));
  await window.happyDOM.waitUntilComplete();
  return window.document.querySelector("main")?.textContent ?? "";
}

test("one file holds the artifacts, whatever texts are in them", async () => {
  const html = read("static_index.html");
  for (const name of ["manifest.json", "catalog.json", "run_results.json"]) {
    const [, text = ""] =
      new RegExp(`<script type="application/json" id="${name}">(.*?)</script>`, "s").exec(html) ?? [];
    expect(text).not.toMatch(/[<\u2028]/);
    expect(JSON.parse(text)).toEqual(JSON.parse(read(name)));
  }
  const window = await opened(html);
  expect(window.document.title).toBe("shop · shop");
  expect(await visit(window, "#!/overview")).toContain("What matters.");
  expect(await visit(window, "#!/model/model.shop.visits")).toContain("</script><!-- <script>");
  expect(window.document.querySelectorAll("main script, main img")).toHaveLength(0);
  expect(window.document.title).toBe("visits · shop");
  await window.happyDOM.close();
});

test("every kind of thing has its page", async () => {
  const window = await opened(read("static_index.html"));
  const manifest = JSON.parse(read("manifest.json")) as Artifact;
  const sections = Object.entries(manifest).filter(([name]) => !["metadata", "docs", "disabled"].includes(name));
  const own = sections.flatMap(([, entries]) =>
    Object.values(entries).filter((one) => /^\w+\.shop\./.test(one.unique_id)),
  );
  expect([...new Set(own.map((one) => one.resource_type))].sort()).toEqual(KINDS);
  for (const { unique_id: id, resource_type: type } of own) {
    await visit(window, `#!/${type}/${encodeURIComponent(id)}`);
    const main = window.document.querySelector("main article");
    expect(main?.querySelector("h1")?.textContent, id).toMatch(/\w/);
    expect(main?.querySelector(".type")?.textContent, id).toBe(type.replace("_", " "));
    expect(main?.textContent, id).not.toMatch(/\[object|undefined/);
    // Every link inside leads to a page that there is.
    for (const link of main?.querySelectorAll('a[href^="#!/"]') ?? [])
      expect(link.getAttribute("href"), id).toMatch(/^#!\/\w+(\/|\?)/);
  }
  expect(await visit(window, "#!/model/model.shop.gone")).toContain("Not in these docs");
  await window.happyDOM.close();
});

test("a page says what is known", async () => {
  const window = await opened(read("static_index.html"));
  const page = await visit(window, "#!/model/model.shop.visits");
  for (const text of [
    "BASE TABLE",
    "INTEGER",
    "The key",
    "unique",
    "not null",
    "check",
    "id > 0",
    "daily",
    "<b>me</b>",
  ])
    expect(page).toContain(text);
  const hrefs = [...window.document.querySelectorAll("main a")].map((link) => link.getAttribute("href"));
  for (const id of [
    "exposure/exposure.shop.board",
    "seed/seed.shop.ids",
    "macro/macro.shop.twice",
    "group/group.shop.sales",
  ])
    expect(hrefs).toContain(`#!/${id}`);
  expect(hrefs.filter((href) => /^javascript/i.test(href ?? ""))).toEqual([]);
  expect(window.document.querySelectorAll("main svg .node").length).toBeGreaterThan(2);
  expect(await visit(window, "#!/model/model.shop.counted.v2")).toContain("the latest");
  expect(await visit(window, "#!/source/source.shop.raw.log")).toMatch(/select\s+id\s+from.*ids/s);
  expect(await visit(window, "#!/unit_test/unit_test.shop.counted.counts_rows_v2")).toContain("Given");
  expect(await visit(window, "#!/metric/metric.shop.visits_seen")).toContain("how_many");
  expect(await visit(window, "#!/group/group.shop.sales")).toMatch(/ann@example.com.*Members.*visits/s);
  expect(await visit(window, "#!/search?q=doubles")).toMatch(/1 hit.*twice/s);
  expect(await visit(window, "#!/overview?g_v=1&g_i=%2Bcounted")).toContain("ids");
  await window.happyDOM.close();
});

test("the last run, and where it ran, are told; queries of the log are not in a page that is passed on", async () => {
  using folder = temporaryFolder();
  cpSync(work.path, folder.path, { recursive: true });
  expect((await run(["test"], folder.path)).code).toBe(0);
  expect((await run(["docs", "generate", "--no-compile", "--static"], folder.path)).code).toBe(0);
  const html = readFileSync(join(folder.path, "target", "static_index.html"), "utf8");
  expect(html).not.toContain("a query of somebody");
  const window = await opened(html);
  expect(await visit(window, "#!/model/model.shop.visits")).toMatch(/unique_visits_id pass.*/s);
  expect(window.document.querySelector(".details")?.textContent).toContain("EngineduckdbWhy theresmall: few rows");
  // Compiling is no run of a model.
  expect(await visit(await opened(read("static_index.html")), "#!/model/model.shop.visits")).not.toContain("Last run");
  await window.happyDOM.close();
});

test("the keyboard: / goes to the search, a text is searched as it is typed, Enter opens the first hit", async () => {
  const window = await opened(read("static_index.html"));
  const { document } = window;
  const press = (key: string, on: Element): boolean =>
    on.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true }));
  press("/", document.body);
  const input = document.querySelector("input[type=search]") as HTMLInputElement;
  expect(document.activeElement).toBe(input);
  input.value = "visits";
  input.dispatchEvent(new window.Event("input"));
  expect(document.querySelector("main .hits li a")?.textContent).toBe("visits");
  press("Enter", input);
  expect(window.location.hash).toBe("#!/model/model.shop.visits");
  await window.happyDOM.close();
});

test("--static without a manifest is refused; without --static there is one page", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/a.sql": "select 1 as n" });
  const refused = await run(["docs", "generate", "--no-compile", "--static"], folder.path);
  expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining("DH1730")]);
  expect((await run(["docs", "generate"], folder.path)).code).toBe(0);
  expect(readFileSync(join(folder.path, "target", "index.html"), "utf8")).not.toContain("application/json");
  expect(existsSync(join(folder.path, "target", "static_index.html"))).toBe(false);
});

async function served(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Served> {
  const child = start(["docs", "serve", "--port", "0", ...args], work.path, env);
  const port = await new Promise<number>((done, failed) => {
    let out = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const found = /Serving docs at http:\/\/127\.0\.0\.1:(\d+)/.exec(out);
      if (found !== null) done(Number(found[1]));
    });
    child.on("close", (code) => failed(new Error(`ended with ${String(code)}: ${out}`)));
  });
  return { child, port };
}

interface Served {
  readonly child: ChildProcess;
  readonly port: number;
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((done) => {
    child.on("close", done);
    child.kill(signal);
  });
}

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly cache: string | undefined;
  readonly text: string;
}

/** As it is written: fetch would tidy the path. */
function ask(port: number, path: string, method = "GET", host = "localhost"): Promise<Answer> {
  return new Promise((done, failed) => {
    const options = { host: "127.0.0.1", port, path, method, headers: { host } };
    const sent = request(options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        const { "content-type": type, "cache-control": cache } = response.headers;
        done({ status: response.statusCode, type, cache, text });
      });
    });
    sent.on("error", failed).end();
  });
}

test("docs serve: the files of target/ and nothing else, until a signal comes", async () => {
  writeFileSync(join(work.path, "outside.json"), "{}");
  writeFileSync(join(target, "rows.duckdb"), "rows");
  symlinkSync(join(work.path, "outside.json"), join(target, "link.json"));
  const { child, port } = await served(["--no-browser"]);
  const html = { status: 200, type: "text/html; charset=utf-8", cache: "no-store" };
  for (const path of ["/", "/index.html", "/?x=1"])
    expect(await ask(port, path)).toEqual({ ...html, text: read("index.html") });
  expect(await ask(port, "/manifest.json")).toEqual({
    ...{ status: 200, type: "application/json; charset=utf-8", cache: "no-store" },
    text: read("manifest.json"),
  });
  expect(await ask(port, "/assets/logo.txt")).toMatchObject({ status: 200, text: "a logo" });
  expect(await ask(port, "/manifest.json", "HEAD")).toMatchObject({ status: 200, text: "" });
  const escapes = [
    "/../dbt_project.yml",
    "/../outside.json",
    "/%2e%2e/outside.json",
    "/..%2foutside.json",
    "/assets/../../outside.json",
  ];
  for (const path of [...escapes, "/link.json", "/rows.duckdb", "/none.json", "/assets", "/compiled/"])
    expect((await ask(port, path)).status, path).toBe(404);
  for (const path of ["/..%5coutside.json", "/%00", "/%", "//../outside.json%00"])
    expect((await ask(port, path)).status, path).toBe(400);
  expect((await ask(port, "/", "POST")).status).toBe(405);
  expect((await ask(port, "/", "GET", "elsewhere.example")).status).toBe(403);
  // A reader that stays does not keep it from ending.
  get({ host: "127.0.0.1", port, path: "/", headers: { host: "localhost" } }, () => undefined).on(
    "error",
    () => undefined,
  );
  expect(await ended(child, "SIGTERM")).toBe(0);
});

test("docs serve opens the browser that $BROWSER names", async () => {
  const script = join(work.path, "browser.sh");
  const seen = join(work.path, "seen.txt");
  writeFileSync(script, `#!/bin/sh\necho "$1" > "${seen}.new"\nmv "${seen}.new" "${seen}"\nkill -INT $PPID\n`, {
    mode: 0o755,
  });
  const { child, port } = await served([], { BROWSER: script });
  // The browser of this test ends the server.
  expect(await new Promise((done) => child.on("close", done))).toBe(0);
  expect(readFileSync(seen, "utf8")).toBe(`http://127.0.0.1:${String(port)}\n`);
});

test("docs serve: a port that is taken, one that is none, and nothing to serve", async () => {
  const taken = createServer();
  const port = await new Promise<number>((done) => {
    taken.listen(0, "127.0.0.1", () => done((taken.address() as { port: number }).port));
  });
  const refused = await run(["docs", "serve", "--no-browser", "--port", String(port)], work.path);
  expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining("DH1731")]);
  taken.close();
  const noPort = await run(["docs", "serve", "--no-browser", "--port", "x"], work.path);
  expect([noPort.code, noPort.stdout]).toEqual([2, expect.stringContaining("DH0002")]);
  const nothing = await run(["docs", "serve", "--no-browser", "--target-path", "nowhere"], work.path);
  expect([nothing.code, nothing.stdout]).toEqual([2, expect.stringContaining("DH1730")]);
});
