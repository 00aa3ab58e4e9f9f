import { homedir } from "node:os";
import { join } from "node:path";
import type { EngineConnection, PythonJob } from "../../../contracts/engine.ts";
import type { JsonObject } from "../../../contracts/json.ts";
import { asText } from "../../../shared/objects.ts";
import type { DuckDbCredentials } from "../credentials.ts";
import { BUILT_IN, preparation } from "../setup.ts";
import { Exchange } from "./exchange.ts";
import { pythonCandidates } from "./find-python.ts";
import { PythonError } from "./python-error.ts";
import { PythonProcess, type Failed, type MadeTable } from "./python-process.ts";

/** A model's run in a Python of the user's own, from the search for it to the tables that it gave. */
export class PythonRun {
  private readonly credentials: DuckDbCredentials;
  private readonly connection: EngineConnection;
  private readonly exchange: Exchange;
  private process: PythonProcess | null = null;
  private interrupted = false;

  constructor(credentials: DuckDbCredentials, connection: EngineConnection) {
    this.credentials = credentials;
    this.connection = connection;
    this.exchange = new Exchange(connection, credentials.database);
  }

  /** The statements that make the model's tables. */
  async run(job: PythonJob, say: (line: string) => void): Promise<string[]> {
    await this.exchange.open();
    const message = await this.describe(job);
    const tried: string[] = [];
    for (const command of candidates(this.credentials.python, job.root)) {
      const outcome = await this.start(command, job, message, say);
      if (this.interrupted) break;
      if ("done" in outcome) {
        works = command;
        return this.exchange.take(outcome.done);
      }
      const { failed } = outcome;
      if (failed.kind !== "not-started" && failed.kind !== "no-duckdb") throw refusal(failed, job);
      tried.push(`${command} (${failed.kind === "not-started" ? "cannot be started" : failed.message})`);
    }
    if (this.interrupted) throw Object.assign(new Error("The run was cancelled"), { pythonType: "KeyboardInterrupt" });
    throw noPython(tried);
  }

  private async start(
    command: string,
    { root }: PythonJob,
    job: object,
    say: (line: string) => void,
  ): Promise<{ readonly done: readonly MadeTable[] } | { readonly failed: Failed }> {
    const answer = (relation: string, optional: boolean): Promise<object> => this.exchange.give(relation, optional);
    this.process = new PythonProcess({ command, cwd: root, job, say, answer });
    if (this.interrupted) this.process.kill();
    return this.process.run();
  }

  private async describe({ code, raw_code, name, path, line, relation }: PythonJob): Promise<object> {
    const { database, configOptions, modulePaths } = this.credentials;
    const schemas = await this.connection.execute(
      "select schema_name from duckdb_schemas() where database_name = current_database() and not internal",
      true,
    );
    const builtIn = new Set(((await this.connection.execute(BUILT_IN, true)).data[0] ?? []).map(asText));
    const own = (schemas.data[0] ?? []).map((schema) => [database, asText(schema)]);
    return {
      ...{ code, raw_code, name, path, line, database },
      file: this.exchange.output,
      schemas: [...own, [relation.database, relation.schema]],
      config: textsOf(configOptions),
      setup: preparation(this.credentials, new Set(), builtIn).map(({ sql, what }) => ({ sql, what })),
      module_paths: modulePaths,
    };
  }

  interrupt(): void {
    this.interrupted = true;
    this.exchange.interrupt();
    this.process?.kill();
  }

  close(): Promise<void> {
    return this.exchange.close();
  }
}

/** The one that ran a model before is taken again. */
let works: string | null = null;

function candidates(setting: string | null, root: string): string[] {
  const found = pythonCandidates(setting === null ? null : absolute(setting, root), process.env);
  return works !== null && found.includes(works) ? [works] : found;
}

/** A name that PATH is searched for stays one. */
function absolute(path: string, root: string): string {
  if (path.startsWith("~/")) return join(homedir(), path.slice(2));
  return /[/\\]/.test(path) && !/^([/\\]|[A-Za-z]:)/.test(path) ? join(root, path) : path;
}

function textsOf(options: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, asText(value)]));
}

const CHOOSE =
  "Activate the environment that has the model's packages, or name its Python: `python: path/to/bin/python` in the profile's output, or the environment variable DUCKHOUSE_PYTHON.";

function noPython(tried: readonly string[]): PythonError {
  const isMissing = tried.every((each) => each.endsWith("(cannot be started)"));
  const reason = isMissing
    ? "Python models need a Python, and none was found"
    : "Python models need a Python that has the package `duckdb`";
  return new PythonError(
    isMissing ? "DH3010" : "DH3011",
    `${reason}. Tried: ${tried.join("; ")}.`,
    isMissing ? CHOOSE : `\`pip install duckdb\` there. ${CHOOSE}`,
  );
}

function refusal({ kind, message, line }: Failed, { name }: PythonJob): PythonError {
  if (kind === "unusable")
    return new PythonError(
      "DH3013",
      `Python model failed:\nmodel() of '${name}' returned ${message === "NoneType" ? "None" : `an object of type ${message}`}, which is no table.`,
      "Return a DuckDB relation, a DataFrame of pandas or polars, or a table, dataset or reader of pyarrow.",
    );
  if (kind === "ended")
    return new PythonError(
      "DH3012",
      `Python model failed:\nthe Python process ended in the middle of the model (${message}).`,
      message === "signal SIGKILL" ? "The system may have ended it for lack of memory." : null,
    );
  const missing = /^ModuleNotFoundError: No module named '([^']+)'/m.exec(message)?.[1];
  const hint =
    missing === undefined
      ? null
      : `Install ${missing} for the Python that runs the model, or choose another. ${CHOOSE}`;
  return new PythonError("DH3012", `Python model failed:\n${message}`, hint, line ?? null);
}
