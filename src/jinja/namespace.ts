import type { PyDict } from "./values.ts";
import { PyObject, pyRepr, type Value } from "./values.ts";

/** Jinja's namespace(): the one object whose attributes a template may set. */
export class PyNamespace extends PyObject {
  override readonly pyType = "Namespace";
  readonly #attributes: PyDict;

  constructor(attributes: PyDict) {
    super();
    this.#attributes = attributes;
  }

  override get qualifiedType(): string {
    return "jinja2.utils.Namespace";
  }

  override getAttribute(name: string): Value | undefined {
    return this.#attributes.get(name);
  }

  override setAttribute(name: string, value: Value): void {
    this.#attributes.set(name, value);
  }

  override repr(): string {
    return `<Namespace ${pyRepr(this.#attributes)}>`;
  }
}
