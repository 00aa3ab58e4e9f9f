import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRoutingLog } from "../../7-artifacts/routing-log.ts";
import { fail } from "../../contracts/diagnostic.ts";
import { readTextIfExists, writeFileAtomic } from "../../shared/files.ts";

/** The docs site, one file that the build makes: beside the bundle, or for the source tree in dist/. */
export function pageFile(): string {
  const here = import.meta.dirname;
  const candidates = [join(here, "docs-site.html"), join(here, "..", "..", "..", "dist", "docs-site.html")];
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) throw new Error("bug: the docs site is missing from the installation");
  return found;
}

/** target/index.html, which reads the artifacts beside it. */
export function writePage(targetFolder: string): void {
  writeFileAtomic(join(targetFolder, "index.html"), [readFileSync(pageFile())]);
}

/** Where the page takes artifacts that it holds itself. */
const MARK = "<!-- artifacts -->";
const NEEDED = ["manifest.json", "catalog.json"];
const OPTIONAL = ["run_results.json", "sources.json"];

/** target/static_index.html: the page with the artifacts in it. */
export function writeStaticPage(targetFolder: string): void {
  const [before = "", after = ""] = readFileSync(pageFile(), "utf8").split(MARK);
  writeFileAtomic(join(targetFolder, "static_index.html"), pieces());

  function* pieces(): Generator<string> {
    yield before;
    for (const name of NEEDED) yield embedded(name, neededText(targetFolder, name));
    for (const name of OPTIONAL) {
      const text = readTextIfExists(join(targetFolder, name));
      if (text !== null) yield embedded(name, text);
    }
    const routes = routesOf(targetFolder);
    if (routes !== "") yield embedded("routing_log.jsonl", routes);
    yield after;
  }
}

function neededText(targetFolder: string, name: string): string {
  const path = join(targetFolder, name);
  const text = readTextIfExists(path);
  if (text !== null) return text;
  return fail(
    "DH1730",
    `There is no ${name} in ${targetFolder}`,
    { file: path },
    "`docs generate` without --no-compile and --no-write-json writes it.",
  );
}

/**
 * JSON as a browser may find it in a page. `<` and the two line ends of JavaScript stand in JSON only inside of texts, where
 * they have another form: nothing in it ends the element or opens another.
 */
export function embedded(name: string, json: string): string {
  const escaped = json.replaceAll(/[<\u2028\u2029]/g, (character) => ESCAPED[character] ?? "");
  return `<script type="application/json" id="${name}">${escaped}</script>\n`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** Of every node the last engine and the reason, and nothing of the queries in the log: who gets the page may not read those. */
function routesOf(targetFolder: string): string {
  const last = new Map<string, string>();
  for (const { node, engine, rule, reason, sql } of readRoutingLog(join(targetFolder, "routing_log.jsonl")))
    if (sql === undefined) last.set(node, JSON.stringify({ node, engine, rule, reason }));
  return [...last.values()].join("\n");
}
