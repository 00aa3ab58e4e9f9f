import { PyObject, type Kwargs, type Value } from "./values.ts";

/** A Python class as a value: called to make objects, asked for its static attributes. */
export class PyType extends PyObject {
  override readonly pyType = "type";
  readonly name: string;
  readonly #create: (args: Value[], kwargs: Kwargs) => Value;
  readonly #statics: ReadonlyMap<string, Value>;

  constructor(
    name: string,
    create: (args: Value[], kwargs: Kwargs) => Value,
    statics: Readonly<Record<string, Value>> = {},
  ) {
    super();
    this.name = name;
    this.#create = create;
    this.#statics = new Map(Object.entries(statics));
  }

  override getAttribute(name: string): Value | undefined {
    if (name === "__name__") return this.name.split(".").at(-1) ?? "";
    return this.#statics.get(name);
  }

  override call(args: Value[], kwargs: Kwargs): Value {
    return this.#create(args, kwargs);
  }

  override repr(): string {
    return `<class '${this.name}'>`;
  }
}
