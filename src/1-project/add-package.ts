import { join } from "node:path";
import { isMap, isSeq, parseDocument, YAMLSeq } from "yaml";
import { diagnostic, DiagnosticError, fail } from "../contracts/diagnostic.ts";
import { readTextIfExists, writeFileAtomic } from "../shared/files.ts";

interface Added {
  readonly file: string;
  readonly name: string;
  readonly version: string | null;
  /** Entries for the same package, which the new one replaces. */
  readonly removed: readonly string[];
}

const IDENTIFIERS = ["package", "git", "local", "tarball", "private"];

/** Adds an entry to packages.yml (or to dependencies.yml, where that has the packages); comments stay. */
export function addPackage(root: string, wanted: string, source: string): Added {
  const [name = "", version, ...more] = wanted.split("@");
  // `git@host:org/repo` is no version.
  const entry =
    more.length > 0 || version?.includes(":") === true
      ? { name: wanted, version: null }
      : { name, version: version ?? null };
  if (entry.name === "")
    fail("DH1082", "--add-package needs a package", null, "Such as `--add-package dbt-labs/dbt_utils@1.3.0`.");
  if (source === "hub" && (entry.version ?? "") === "")
    fail(
      "DH1082",
      `--add-package ${wanted} needs a version`,
      null,
      `Such as \`--add-package ${entry.name}@1.3.0\` or \`${entry.name}@">=1.0.0,<2.0.0"\`.`,
    );
  const dependencies = join(root, "dependencies.yml");
  const usesDependencies = /^packages:/m.test(readTextIfExists(dependencies) ?? "");
  const file = usesDependencies ? dependencies : join(root, "packages.yml");
  const document = parseDocument(readTextIfExists(file) ?? "packages: []\n", { version: "1.1" });
  const [problem] = document.errors;
  if (problem !== undefined) throw new DiagnosticError([diagnostic("DH1002", `YAML: ${problem.message}`, { file })]);
  if (document.contents === null) document.contents = document.createNode({ packages: [] }) as never;
  let list = document.get("packages");
  if (!isSeq(list)) {
    list = new YAMLSeq(document.schema);
    document.set("packages", list);
  }
  if (!isSeq(list)) throw new Error("bug: no list of packages");
  list.flow = false;
  const removed: string[] = [];
  list.items = list.items.filter((item) => {
    if (!isMap(item)) return true;
    const identifier = IDENTIFIERS.map((key) => item.get(key)).find((value) => typeof value === "string");
    if (typeof identifier !== "string" || !isSame(identifier, entry.name)) return true;
    removed.push(JSON.stringify(item.toJSON()));
    return false;
  });
  const value =
    entry.version?.includes(",") === true ? entry.version.split(",").map((part) => part.trim()) : entry.version;
  list.add(
    document.createNode({
      [source === "hub" ? "package" : source]: entry.name,
      ...(value === null || value === "" ? {} : { [source === "git" ? "revision" : "version"]: value }),
    }),
  );
  writeFileAtomic(file, [document.toString({ singleQuote: false })]);
  return { file, ...entry, removed };
}

/** dbt-labs/dbt_utils is also https://github.com/dbt-labs/dbt-utils.git. */
function isSame(identifier: string, name: string): boolean {
  const plain = (text: string): string => text.replaceAll("-", "_").replace(/\.git$/, "");
  const [a, b] = [plain(identifier), plain(name)];
  const short = b.split("/").at(-1) ?? b;
  return a === b || a.endsWith(`/${b}`) || a === short || a.endsWith(`/${short}`);
}
