import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import type * as entry from "../../src/entry/index.ts";
import { deprecationOf } from "../../src/contracts/deprecations.ts";
import { ROOT, temporaryFolder } from "../support/program.ts";

/** What a command shows of deprecations, sorted, what its summary counts, and whether it failed. */
interface Seen {
  readonly failed: boolean;
  readonly shown: readonly string[];
  readonly summary: Readonly<Record<string, number>> | null;
}

interface Case {
  readonly name: string;
  readonly commands: readonly string[];
  readonly setup?: readonly string[];
  readonly files?: Readonly<Record<string, string | null>>;
  readonly env?: Readonly<Record<string, string>>;
}

const FOLDER = join(ROOT, "test", "deprecations");
const spec = parse(readFileSync(join(FOLDER, "cases.yml"), "utf8"), { merge: true }) as {
  base: Record<string, string>;
  cases: Case[];
};
const recorded = JSON.parse(readFileSync(join(FOLDER, "recorded.json"), "utf8")) as Record<
  string,
  Record<string, { exit_code: number; shown: string[]; summary: Record<string, number> | null }>
>;

/** An event of dbt's that no summary counts: ours names all of them in the warning that dbt gives besides. */
const NOT_COUNTED = "SpacesInResourceNameDeprecation";

function write(folder: string, files: Readonly<Record<string, string | null>>): void {
  for (const [name, text] of Object.entries(files)) {
    if (text === null) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** The words of a command line, as a shell takes them apart. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

/** The built program, in this process: hundreds of starts would take a minute. */
const { runCommandLine } = (await import(join(ROOT, "dist", "index.js"))) as typeof entry;

interface Line {
  readonly info: { readonly name: string; readonly code: string; readonly level: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/** Runs a command in a folder, where the environment says nothing else of dbt: its exit code, and the lines it prints. */
async function run(
  command: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly lines: readonly Line[] }> {
  for (const name of Object.keys(process.env)) if (name.startsWith("DBT_")) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ DBT_PROFILES_DIR: ".", ...env })) vi.stubEnv(name, value);
  const before = process.cwd();
  let text = "";
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    process.chdir(folder);
    const code = await runCommandLine(["--log-format", "json", ...words(command)]);
    const lines = text.split("\n").filter((line) => line.startsWith("{"));
    return { code, lines: lines.map((line) => JSON.parse(line) as Line) };
  } finally {
    stdout.mockRestore();
    process.chdir(before);
    vi.unstubAllEnvs();
  }
}

async function see(command: string, folder: string, env: Readonly<Record<string, string>>): Promise<Seen> {
  const { code, lines } = await run(command, folder, env);
  const shown: string[] = [];
  let summary: Record<string, number> | null = null;
  for (const { info, data } of lines) {
    if (info.code === "DeprecationsSummary")
      summary = Object.fromEntries(
        Object.entries(data).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
      );
    const name = info.level === "warn" ? deprecationOf(info.code) : undefined;
    if (name !== undefined) shown.push(name);
  }
  return { failed: code !== 0, shown: shown.sort(), summary };
}

describe.each(spec.cases.map((one): [string, Case] => [one.name, one]))(
  "%s",
  (name, { commands, setup = [], files = {}, env = {} }) => {
    test("is warned of as dbt does", async () => {
      using work = temporaryFolder();
      write(work.path, { ...spec.base, ...files });
      for (const command of setup) expect((await run(command, work.path, env)).code).toBe(0);
      for (const command of commands) {
        const dbt = recorded[name]?.[command];
        expect(dbt, command).toBeDefined();
        const shown = dbt?.shown.filter((one) => one !== NOT_COUNTED).sort();
        const failed = dbt?.exit_code !== 0;
        const summary = dbt?.summary ?? null;
        const ours = await see(command, work.path, env);
        // A command that fails stops in dbt at its first problem, and here when it knows them all.
        if (failed) expect({ command, failed: ours.failed }).toEqual({ command, failed });
        else expect({ command, ...ours }).toEqual({ command, failed, shown, summary });
      }
    });
  },
);
