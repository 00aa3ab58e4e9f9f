import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { compileTemplate } from "../jinja/template.ts";
import { PyDict, pyEquals, pyStr, raise, type HostFunction, type Value } from "../jinja/values.ts";
import { AdapterObject } from "./adapter.ts";
import type { AdapterOptions } from "./adapter-backend.ts";
import { AgateTable } from "./agate.ts";
import { baseMembers } from "./base-context.ts";
import { ColumnClass } from "./column.ts";
import { toPython } from "./convert.ts";
import { envVarFunction } from "./env.ts";
import { exceptionsNamespace, warnDeprecated, warner } from "./exceptions.ts";
import { hostFunction } from "./host-function.ts";
import { Lazy, Unsteady, type Members, type NodeContext } from "./node-context.ts";
import { RelationClass } from "./relation.ts";
import { targetDict } from "./target.ts";

/**
 * Members that every node's context of one command shares, parse and run alike. `deprecate` is told what a template does
 * that is deprecated; without it the flags decide at once.
 */
export function sharedMembers(
  facts: ProjectFacts,
  invocation: Invocation,
  deprecate: (entry: Diagnostic) => void = warnDeprecated(invocation),
): Members {
  const target = targetDict(facts.target);
  return new Map<string, Value | Lazy>([
    ...Object.entries(baseMembers(invocation, deprecate)),
    ["target", target],
    ["env", target],
    ["project_name", facts.projectName],
    ["env_var", envVarFunction(invocation.env, "public")],
    ["api", PyDict.from({ Relation: new RelationClass(facts.quoting), Column: new ColumnClass(facts.traits.types) })],
    ["column", new ColumnClass(facts.traits.types)],
    ["dbt_metadata_envs", new Unsteady(() => metadataEnvs(invocation))],
    ["invocation_args_dict", new Lazy(() => toPython(invocation.flags))],
    ["validation", validation()],
    ["sql_now", "CURRENT_TIMESTAMP"],
    ["model", null],
    ["sql", null],
    ["compiled_code", null],
    ["defer_relation", null],
    ["context_macro_stack", null],
    ["_sql_results", new PyDict()],
  ]);
}

export interface CommonOptions {
  readonly adapter: Omit<AdapterOptions, "context" | "warn">;
  readonly invocation: Invocation;
  readonly nodeId: string | null;
  readonly context: () => NodeContext;
}

/** Members that need the context they are in. */
export function commonMembers({ adapter, invocation, nodeId, context }: CommonOptions): Members {
  return new Map<string, Value | Lazy>([
    ["adapter", new AdapterObject({ ...adapter, context, warn: warner(invocation, nodeId) })],
    ["exceptions", new Lazy(() => exceptionsNamespace(invocation, nodeId))],
    [
      "render",
      hostFunction("render", ["string"], (text) =>
        compileTemplate(pyStr(text ?? null), { path: nodeId ?? "render()" }).render(context()),
      ),
    ],
    ["try_or_compiler_error", tryOrCompilerError],
    [
      "adapter_macro",
      () =>
        raise(
          "CompilationError",
          'The "adapter_macro" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a macro and call the result.',
        ),
    ],
  ]);
}

const tryOrCompilerError: HostFunction = (args, kwargs) => {
  const [message, run, ...rest] = args;
  try {
    if (typeof run !== "function") raise("TypeError", "try_or_compiler_error needs a callable");
    return run(rest, kwargs);
  } catch {
    raise("CompilationError", pyStr(message ?? null));
  }
};

function metadataEnvs({ env }: Invocation): PyDict {
  const dict = new PyDict();
  for (const [name, value] of Object.entries(env)) {
    const match = /^DBT_(?:ENGINE_)?ENV_CUSTOM_ENV_(.+)$/.exec(name);
    if (match !== null && value !== undefined) dict.set(match[1] ?? "", value);
  }
  return dict;
}

/** `validation.any[...]`, which custom materializations pass to config.require. */
function validation(): PyDict {
  const any: HostFunction = (allowed) => (args) => {
    const value = args[0] ?? null;
    if (allowed.some((entry) => pyEquals(entry, value))) return null;
    raise(
      "DbtValidationError",
      `Expected value "${pyStr(value)}" to be one of ${allowed.map((entry) => pyStr(entry)).join(",")}`,
    );
  };
  return PyDict.from({ any });
}

/** Where statement() keeps its results and load_result() finds them. */
export class SqlResults {
  private readonly results = new Map<string, PyDict | null>();

  store(name: string, response: Value, table: AgateTable): void {
    const data = table.rows().map((row) => [...row.values()]);
    this.results.set(name, PyDict.from({ response, data, table }));
  }

  /** A result may be loaded once, except `main`. */
  load(name: string): Value {
    const result = this.results.get(name);
    if (result === undefined) return null;
    if (name === "main") return result;
    if (result === null)
      raise("CompilationError", `The 'statement' result named '${name}' has already been loaded into a variable`);
    this.results.set(name, null);
    return result;
  }

  peek(name: string): PyDict | null {
    return this.results.get(name) ?? null;
  }

  members(): Members {
    return new Map<string, Value | Lazy>([
      ["load_result", hostFunction("load_result", ["name"], (name) => this.load(pyStr(name ?? null)))],
      [
        "store_result",
        hostFunction("store_result", ["name", "response", "agate_table?"], (name, response, table) => {
          this.store(pyStr(name ?? null), response ?? null, table instanceof AgateTable ? table : AgateTable.empty());
          return "";
        }),
      ],
      [
        "store_raw_result",
        hostFunction(
          "store_raw_result",
          ["name", "message?", "code?", "rows_affected?", "agate_table?"],
          (name, message, code, rows, table) => {
            const response = PyDict.from({
              _message: message ?? null,
              code: code ?? null,
              rows_affected: rows ?? null,
            });
            this.store(pyStr(name ?? null), response, table instanceof AgateTable ? table : AgateTable.empty());
            return "";
          },
        ),
      ],
    ]);
  }
}
