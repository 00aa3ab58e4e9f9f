import { PyDict, PyObject, quote, raise, tuple, Undefined, type Kwargs, type Value } from "./values.ts";

/** What a macro's signature asks for. */
export interface MacroShape {
  /** Null for the caller of a call block. */
  readonly name: string | null;
  readonly params: readonly string[];
  readonly catchesKwargs: boolean;
  readonly catchesVarargs: boolean;
  readonly callsCaller: boolean;
}

/** A macro as a value. Missing arguments are undefined; caller, kwargs and varargs follow the named ones. */
export class MacroObject extends PyObject {
  override readonly pyType = "Macro";
  readonly #shape: MacroShape;
  readonly #run: (args: (Value | undefined)[]) => Value;

  constructor(shape: MacroShape, run: (args: (Value | undefined)[]) => Value) {
    super();
    this.#shape = shape;
    this.#run = run;
  }

  override get qualifiedType(): string {
    return "jinja2.runtime.Macro";
  }

  override repr(): string {
    const { name } = this.#shape;
    return `<Macro ${name === null ? "anonymous" : quote(name)}>`;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "name":
        return this.#shape.name;
      case "arguments":
        return tuple(this.#shape.params);
      case "catch_kwargs":
        return this.#shape.catchesKwargs;
      case "catch_varargs":
        return this.#shape.catchesVarargs;
      case "caller":
        return this.#shape.callsCaller;
      case "explicit_caller":
        return this.#shape.params.includes("caller");
      default:
        return undefined;
    }
  }

  override call(args: Value[], kwargs: Kwargs): Value {
    return this.#run(bindMacroArguments(this.#shape, args, kwargs));
  }
}

function macroLabel(shape: MacroShape): string {
  return `macro ${shape.name === null ? "None" : quote(shape.name)}`;
}

function bindMacroArguments(shape: MacroShape, args: Value[], kwargs: Kwargs): (Value | undefined)[] {
  const { params } = shape;
  const bound: (Value | undefined)[] = args.slice(0, params.length);
  const rest = new Map(Object.entries(kwargs));
  let hasCaller = bound.length === params.length && params.includes("caller");
  for (const name of params.slice(bound.length)) {
    bound.push(rest.get(name));
    rest.delete(name);
    if (name === "caller") hasCaller = true;
  }
  if (shape.callsCaller && !hasCaller) {
    const caller = rest.get("caller") ?? null;
    rest.delete("caller");
    bound.push(caller === null ? new Undefined({ hint: "No caller defined", name: "caller" }) : caller);
  }
  if (shape.catchesKwargs) bound.push(PyDict.fromEntries(rest));
  else if (rest.size > 0) refuseKeyword(shape, rest);
  if (shape.catchesVarargs) bound.push(tuple(args.slice(params.length)));
  else if (args.length > params.length)
    raise("TypeError", `${macroLabel(shape)} takes not more than ${params.length} argument(s)`);
  return bound;
}

function refuseKeyword(shape: MacroShape, rest: ReadonlyMap<string, Value>): never {
  if (rest.has("caller")) {
    raise(
      "TypeError",
      `${macroLabel(shape)} was invoked with two values for the special caller argument. This is most likely a bug.`,
    );
  }
  const [first = ""] = rest.keys();
  return raise("TypeError", `${macroLabel(shape)} takes no keyword argument ${quote(first)}`);
}
