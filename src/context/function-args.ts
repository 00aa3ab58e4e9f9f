import { PyDict, pyStr, raise, Undefined, type Kwargs, type Value } from "../jinja/values.ts";

/** function(name) or function(package, name): [name] or [package, name]. */
export function functionArgs(args: readonly Value[], kwargs: Readonly<Kwargs>): string[] {
  if (args.length < 1 || args.length > 2 || Object.values(kwargs).some((value) => !(value instanceof Undefined)))
    raise("CompilationError", `function() takes one or two arguments (${String(args.length)} given)`);
  for (const arg of args)
    if (typeof arg !== "string")
      raise("CompilationError", `The name argument to function() must be a string, got ${pyStr(arg)}`);
  return args as string[];
}

/** `relation.get_function_config(model)`: what chooses the macro that writes a function; None for other nodes. */
export function functionConfig(model: Value): Value {
  if (!(model instanceof PyDict) || model.get("resource_type") !== "function") return null;
  const config = model.get("config");
  const get = (key: string): Value => (config instanceof PyDict ? (config.get(key) ?? null) : null);
  const found = PyDict.from({
    language: model.get("language") ?? null,
    type: get("type"),
    runtime_version: get("runtime_version"),
    entry_point: get("entry_point"),
  });
  const needed = model.get("language") === "python" ? ["runtime_version", "entry_point"] : [];
  for (const key of needed)
    if (found.get(key) === null) raise("DbtRuntimeError", `A \`${key}\` is required for python functions`);
  return found;
}

/** scalar_function_sql, aggregate_function_python, … */
export function functionMacroName(config: Value): Value {
  if (!(config instanceof PyDict)) return raise("TypeError", "get_function_macro_name needs a function's config");
  return `${pyStr(config.get("type") ?? null)}_function_${pyStr(config.get("language") ?? null)}`;
}
