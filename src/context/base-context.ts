import { parse as parseYamlText, stringify as toYamlText } from "yaml";
import { deprecated } from "../contracts/deprecations.ts";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import { DBT_VERSION, type Invocation } from "../contracts/invocation.ts";
import { returnFunction } from "../jinja/macro.ts";
import { jsonDumps, jsonLoads } from "../jinja/stdlib/json.ts";
import { pythonModules } from "../jinja/stdlib/modules.ts";
import { PyDate } from "../jinja/stdlib/date.ts";
import { PyDateTime } from "../jinja/stdlib/datetime.ts";
import { iterate, PyDict, PyObject, PySet, pyStr, raise, truthy, tuple, type Value } from "../jinja/values.ts";
import { md5 } from "../shared/checksum.ts";
import { fromPython, toPython } from "./convert.ts";
import { hostFunction } from "./host-function.ts";
import { Lazy, Unsteady } from "./node-context.ts";

/** `flags.FULL_REFRESH` and friends: upper-case names of the command's flags; unknown ones are None. */
export class FlagsObject extends PyObject {
  readonly pyType = "Flags";
  private readonly flags: Readonly<Record<string, unknown>>;

  constructor(flags: Readonly<Record<string, unknown>>) {
    super();
    this.flags = flags;
  }

  override getAttribute(name: string): Value | undefined {
    const key = name.toLowerCase();
    return Object.hasOwn(this.flags, key) ? toPython(this.flags[key]) : undefined;
  }
}

const ITERTOOLS_HINT = "Loops, filters and list methods of the template do the same.";

/** Members of dbt's context that are there at every stage, in every file. */
export function baseMembers(
  invocation: Invocation,
  deprecate: (entry: Diagnostic) => void,
): Record<string, Value | Lazy> {
  return {
    dbt_version: DBT_VERSION,
    invocation_id: new Unsteady(() => invocation.id),
    run_started_at: new Unsteady(() => PyDateTime.fromDate(invocation.startedAt)),
    thread_id: "MainThread",
    flags: new FlagsObject(invocation.flags),
    modules: new Lazy(() =>
      pythonModules(() => {
        deprecate(deprecated("ModulesItertoolsUsageDeprecation", "`modules.itertools` is used", null, ITERTOOLS_HINT));
      }),
    ),
    return: returnFunction,
    ...textMembers(),
    ...sequenceMembers(),
    log: hostFunction("log", ["msg", "info?"], (msg, info) => {
      const level = info !== undefined && truthy(info) ? "info" : "debug";
      invocation.emit({ kind: "log", level, message: pyStr(msg ?? null) });
      return "";
    }),
    print: hostFunction("print", ["msg"], (msg) => {
      if (invocation.flags.print) invocation.emit({ kind: "print", text: pyStr(msg ?? null) });
      return "";
    }),
  };
}

/** What YAML has a form for: an adapter, a relation or a macro is none. */
function isPlainData(value: Value): boolean {
  if (value instanceof PyDict)
    return [...value.entries()].every(([key, item]) => isPlainData(key) && isPlainData(item));
  if (Array.isArray(value) || value instanceof PySet) return [...iterate(value)].every(isPlainData);
  return (
    typeof value !== "function" &&
    (!(value instanceof PyObject) || value instanceof PyDateTime || value instanceof PyDate)
  );
}

function textMembers(): Record<string, Value> {
  return {
    tojson: hostFunction("tojson", ["value", "default?", "sort_keys?"], (value, fallback, sortKeys) => {
      try {
        return jsonDumps(value ?? null, { sortKeys: sortKeys !== undefined && truthy(sortKeys) });
      } catch {
        return fallback ?? null;
      }
    }),
    fromjson: hostFunction("fromjson", ["string", "default?"], (text, fallback) => {
      try {
        return jsonLoads(pyStr(text ?? null));
      } catch {
        return fallback ?? null;
      }
    }),
    toyaml: hostFunction("toyaml", ["value", "default?", "sort_keys?"], (value, fallback, sortKeys) =>
      isPlainData(value ?? null)
        ? toYamlText(fromPython(value ?? null), {
            version: "1.1",
            indentSeq: false,
            sortMapEntries: sortKeys !== undefined && truthy(sortKeys),
          })
        : (fallback ?? null),
    ),
    fromyaml: hostFunction("fromyaml", ["value", "default?"], (text, fallback) => {
      try {
        return toPython(parseYamlText(pyStr(text ?? null), { version: "1.1" }));
      } catch {
        return fallback ?? null;
      }
    }),
    local_md5: hostFunction("local_md5", ["value"], (value) => md5(pyStr(value ?? null))),
    diff_of_two_dicts: hostFunction("diff_of_two_dicts", ["dict_a", "dict_b"], (a, b) =>
      diffOfTwoDicts(a ?? null, b ?? null),
    ),
  };
}

function sequenceMembers(): Record<string, Value> {
  const zip = (lists: Value[]): Value => {
    const all = lists.map((list) => [...iterate(list)]);
    const shortest = all.length === 0 ? 0 : Math.min(...all.map((list) => list.length));
    return Array.from({ length: shortest }, (_, index) => tuple(all.map((list) => list[index] ?? null)));
  };
  const orDefault = (run: () => Value, fallback: Value | undefined): Value => {
    try {
      return run();
    } catch {
      return fallback ?? null;
    }
  };
  return {
    set: hostFunction("set", ["value", "default?"], (value, fallback) =>
      orDefault(() => new PySet(iterate(value ?? null)), fallback),
    ),
    set_strict: hostFunction("set_strict", ["value"], (value) => new PySet(iterate(value ?? null))),
    zip: (args, kwargs) => orDefault(() => zip(args), kwargs["default"]),
    zip_strict: (args) => zip(args),
  };
}

/** dict_a minus dict_b, comparing keys and texts without regard to case. */
function diffOfTwoDicts(a: Value, b: Value): Value {
  if (!(a instanceof PyDict) || !(b instanceof PyDict)) raise("AttributeError", "diff_of_two_dicts needs two dicts");
  const lowered = new Map<string, Set<string>>();
  for (const [key, list] of b.entries())
    lowered.set(pyStr(key).toLowerCase(), new Set([...iterate(list)].map((item) => pyStr(item).toLowerCase())));
  const result = new PyDict();
  for (const [key, list] of a.entries()) {
    const others = lowered.get(pyStr(key).toLowerCase());
    if (others === undefined) {
      result.set(key, list);
      continue;
    }
    const rest = [...iterate(list)].filter((item) => !others.has(pyStr(item).toLowerCase()));
    if (rest.length > 0) result.set(key, rest);
  }
  return result;
}
