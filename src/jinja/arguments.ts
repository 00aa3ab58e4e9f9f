import { raise, textOf, typeName, type Kwargs, type Value } from "./values.ts";

/** Checks the arguments of a built-in method that takes positional ones only. */
export function expectArgs(type: string, name: string, args: Value[], kwargs: Kwargs, min: number, max: number): void {
  if (Object.keys(kwargs).length > 0) raise("TypeError", `${type}.${name}() takes no keyword arguments`);
  const given = args.length;
  if (given >= min && given <= max) return;
  if (max === 0) raise("TypeError", `${type}.${name}() takes no arguments (${given} given)`);
  if (min === max && max === 1) raise("TypeError", `${type}.${name}() takes exactly one argument (${given} given)`);
  const bound = min === max ? "" : given < min ? "at least " : "at most ";
  const limit = given < min ? min : max;
  raise("TypeError", `${name} expected ${bound}${limit} argument${limit === 1 ? "" : "s"}, got ${given}`);
}

/** The parameters of a Python function: a name with ? has a default. */
export class Signature {
  readonly #name: string;
  readonly #params: { name: string; required: boolean }[];
  readonly #hidden: number;

  /** `hidden` counts leading parameters that the caller does not see but Python's messages count. */
  constructor(name: string, params: string, hidden = 0) {
    this.#name = name;
    this.#params =
      params === ""
        ? []
        : params.split(" ").map((param) => ({ name: param.replace("?", ""), required: !param.endsWith("?") }));
    this.#hidden = hidden;
  }

  /** The arguments in the order of the parameters; undefined where none was given. */
  bind(args: Value[], kwargs: Kwargs): (Value | undefined)[] {
    const params = this.#params;
    if (args.length > params.length) this.#tooMany(args.length);
    const bound: (Value | undefined)[] = new Array<Value | undefined>(params.length);
    for (let i = 0; i < args.length; i++) bound[i] = args[i];
    for (const name in kwargs) {
      const index = params.findIndex((param) => param.name === name);
      if (index === -1) raise("TypeError", `${this.#name}() got an unexpected keyword argument '${name}'`);
      if (bound[index] !== undefined) raise("TypeError", `${this.#name}() got multiple values for argument '${name}'`);
      bound[index] = kwargs[name];
    }
    const missing = params
      .filter((param, i) => param.required && bound[i] === undefined)
      .map((param) => `'${param.name}'`);
    if (missing.length > 0) this.#missing(missing);
    return bound;
  }

  #tooMany(given: number): never {
    const max = this.#params.length + this.#hidden;
    const min = this.#params.filter((param) => param.required).length + this.#hidden;
    const takes =
      min === max ? `${max} positional argument${max === 1 ? "" : "s"}` : `from ${min} to ${max} positional arguments`;
    return raise("TypeError", `${this.#name}() takes ${takes} but ${given + this.#hidden} were given`);
  }

  #missing(names: string[]): never {
    const list =
      names.length === 1
        ? names[0]
        : `${names.slice(0, -1).join(", ")}${names.length > 2 ? "," : ""} and ${names.at(-1)}`;
    return raise(
      "TypeError",
      `${this.#name}() missing ${names.length} required positional argument${names.length === 1 ? "" : "s"}: ${list}`,
    );
  }
}

/** An argument that must be an int. */
export function toInt(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return raise("OverflowError", "Python int too large to convert to C ssize_t");
  return raise("TypeError", `'${typeName(value)}' object cannot be interpreted as an integer`);
}

export function isInt(value: Value): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

/** An argument that must be a str. */
export function toText(value: Value, message: string): string {
  return textOf(value) ?? raise("TypeError", message);
}
