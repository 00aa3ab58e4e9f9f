import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineConnection, EngineSession, PythonJob } from "../../../contracts/engine.ts";
import { readCredentials } from "../credentials.ts";
import { openDuckDb } from "../session.ts";

/** What a Python would do is done by scripts of Node here, which speak to the program as driver.py does. */
const folder = mkdtempSync(join(tmpdir(), "duckhouse-"));
const opened: EngineSession[] = [];

beforeAll(() => {
  process.env["TMPDIR"] = folder;
});
afterAll(async () => {
  for (const session of opened) await session.close();
  rmSync(folder, { recursive: true });
});

const JOB: PythonJob = {
  code: "",
  raw_code: "",
  name: "m",
  path: "models/m.py",
  line: 1,
  relation: { database: "shop", schema: "main", identifier: "m" },
  root: folder,
};

/** A connection whose Python runs `body` with `job`, `ask` and `say`. */
async function connect(name: string, body: string): Promise<EngineConnection> {
  const path = join(folder, name);
  const script = `#!${process.execPath}
const lines = require("node:readline").createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await lines.next()).value);
const say = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
const ask = (message) => { say(message); return hear(); };
(async () => { const job = await hear(); ${body}; process.exitCode ??= 0; process.stdin.destroy(); })();
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  const read = readCredentials({ path: `${name}.duckdb`, python: path, module_paths: ["lib"] }, folder);
  if ("problem" in read) throw new Error(read.problem);
  const session = await openDuckDb(read.credentials, []);
  opened.push(session);
  return session.connect("test");
}

async function ask(body: string, name: string, said: string[] = []): Promise<unknown> {
  const connection = await connect(name, body);
  await connection.execute("create table a as select 1::hugeint as id", false);
  if (connection.runPython === undefined) throw new Error("no Python here");
  try {
    return await connection.runPython(JOB, (line) => said.push(line));
  } catch (error) {
    return error;
  } finally {
    await connection.endPython?.();
    connection.close();
  }
}

test("a relation comes as a file, one that may be missing as missing, one that must not with the reason", async () => {
  const said: string[] = [];
  const body = `for (const [relation, optional] of [['"given"."main"."a"', false], ["a", true], ["b", true], ["b", false], ["range(3)", false]]) {
    const { file, ...rest } = await ask({ relation, optional });
    console.error(JSON.stringify({ ...rest, file: file !== undefined && require("node:fs").existsSync(file) }));
  }
  say({ done: [] })`;
  expect(await ask(body, "given", said)).toEqual([]);
  expect(said.map((line) => JSON.parse(line) as object)).toEqual([
    { name: ["given", "main", "a"], file: true },
    { name: ["given", "main", "a"], file: true },
    { missing: true, file: false },
    { problem: expect.stringContaining("Table with name b does not exist") as string, file: false },
    { name: null, file: true },
  ]);
  expect(readdirSync(folder).filter((each) => each.startsWith("duckhouse-python-"))).toEqual([]);
});

test("the process is told where its modules are, and nothing by its arguments", async () => {
  const said: string[] = [];
  const body =
    "console.error(JSON.stringify([process.argv.length, job.module_paths, job.database])); say({ done: [] })";
  await ask(body, "told", said);
  expect(said).toEqual([JSON.stringify([3, [join(folder, "lib")], "told"])]);
});

test("failures have a code, a place in the model's file and a hint", async () => {
  const failed = (told: object): string => `say({ failed: ${JSON.stringify(told)} })`;
  const cases: Record<string, string> = {
    raised: failed({ kind: "raised", message: "Traceback…\nValueError: no", line: 3 }),
    module: failed({ kind: "raised", message: "ModuleNotFoundError: No module named 'numpy'", line: 1 }),
    none: failed({ kind: "unusable", message: "NoneType" }),
    duckdb: failed({ kind: "no-duckdb", message: "No module named 'duckdb'" }),
    ended: "process.exitCode = 3",
  };
  const found: Record<string, unknown> = {};
  for (const [name, body] of Object.entries(cases)) {
    const error = (await ask(body, name)) as Error & { own: object };
    found[name] = { message: error.message, ...error.own };
  }
  const text = (part: string): string => expect.stringContaining(part) as string;
  expect(found).toEqual({
    raised: { code: "DH3012", message: "Python model failed:\nTraceback…\nValueError: no", line: 3, hint: null },
    module: { code: "DH3012", message: text("numpy"), line: 1, hint: text("Install numpy for the Python") },
    none: { code: "DH3013", message: text("model() of 'm' returned None"), line: null, hint: text("DataFrame") },
    duckdb: { code: "DH3011", message: text("the package `duckdb`"), line: null, hint: text("pip install duckdb") },
    ended: { code: "DH3012", message: text("ended in the middle of the model (exit code 3)"), line: null, hint: null },
  });
});

test("an interrupt ends the process, and the run says that it was cancelled", async () => {
  const connection = await connect(
    "endless",
    "console.error(process.pid); setInterval(() => 0, 1000); await new Promise(() => 0)",
  );
  const pids: number[] = [];
  const ran = connection.runPython?.(JOB, (line) => {
    pids.push(Number(line));
    connection.interrupt();
  });
  await expect(ran).rejects.toMatchObject({ pythonType: "KeyboardInterrupt" });
  expect(() => process.kill(pids[0] ?? 0, 0)).toThrow("ESRCH");
  await connection.endPython?.();
  connection.close();
});

test("a Python that cannot be started is named", async () => {
  const read = readCredentials({ path: "none.duckdb", python: "bin/no-python" }, folder);
  if ("problem" in read) throw new Error(read.problem);
  const session = await openDuckDb(read.credentials, []);
  opened.push(session);
  const connection = await session.connect("test");
  const path = join(folder, "bin", "no-python");
  expect(existsSync(path)).toBe(false);
  await expect(connection.runPython?.(JOB, () => undefined)).rejects.toMatchObject({
    message: `Python models need a Python, and none was found. Tried: ${path} (cannot be started).`,
    own: { code: "DH3010" },
  });
  await connection.endPython?.();
  connection.close();
});
