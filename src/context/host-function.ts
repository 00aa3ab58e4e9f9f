import { raise, type HostFunction, type Value } from "../jinja/values.ts";

/**
 * A function that templates may call with positional and keyword arguments, as in Python.
 * `params`: names in order; a trailing `?` marks an optional one, which arrives as `undefined` when not given.
 * Raises a Python TypeError for too many, unknown or missing arguments.
 */
export function hostFunction(
  name: string,
  params: readonly string[],
  run: (...values: (Value | undefined)[]) => Value,
): HostFunction {
  const names = params.map((param) => param.replace("?", ""));
  const required = params.filter((param) => !param.endsWith("?")).length;
  return (args, kwargs) => {
    if (args.length > names.length) {
      raise(
        "TypeError",
        `${name}() takes ${String(names.length)} positional arguments but ${String(args.length)} were given`,
      );
    }
    const values: (Value | undefined)[] = names.map((_, index) => args[index]);
    for (const key of Object.keys(kwargs)) {
      const index = names.indexOf(key);
      if (index < 0) raise("TypeError", `${name}() got an unexpected keyword argument '${key}'`);
      if (index < args.length) raise("TypeError", `${name}() got multiple values for argument '${key}'`);
      values[index] = kwargs[key];
    }
    const missing = names.slice(0, required).filter((_, index) => values[index] === undefined);
    if (missing.length > 0) {
      const list = missing.map((entry) => `'${entry}'`).join(" and ");
      raise(
        "TypeError",
        `${name}() missing ${String(missing.length)} required positional argument${missing.length > 1 ? "s" : ""}: ${list}`,
      );
    }
    return run(...values);
  };
}
