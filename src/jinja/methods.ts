import type { Method } from "./method.ts";
import { dictMethods } from "./dict-methods.ts";
import { floatMethods, intMethods, numberAttribute } from "./number-methods.ts";
import { listMethods, tupleMethods } from "./list-methods.ts";
import { NamedTuple } from "./named-tuple.ts";
import { setMethods } from "./set-methods.ts";
import { strMethods } from "./str-methods.ts";
import { PyStr } from "./str-object.ts";
import { hashKey, PyDict, PyFloat, PyObject, PySet, PyTuple, typeName, type Kwargs, type Value } from "./values.ts";

type MethodTable = ReadonlyMap<string, Method>;

function tableOf(value: Value): MethodTable | undefined {
  switch (typeof value) {
    case "string":
      return strMethods;
    case "number":
    case "bigint":
    case "boolean":
      return intMethods;
    case "object":
      return objectTable(value);
    default:
      return undefined;
  }
}

function objectTable(value: Value): MethodTable | undefined {
  if (value instanceof PyDict) return dictMethods;
  if (Array.isArray(value)) return value instanceof PyTuple ? tupleMethods : listMethods;
  if (value instanceof PySet) return setMethods;
  if (value instanceof PyFloat) return floatMethods;
  return value instanceof PyStr ? strMethods : undefined;
}

/** A method of a built-in type. */
export function methodOf(value: Value, name: string): Method | undefined {
  const method = tableOf(value)?.get(name);
  if (method === undefined || !(value instanceof PyStr)) return method;
  const { text } = value;
  return (_self, args, kwargs) => method(text, args, kwargs);
}

/** Attributes of built-in types that are no methods. */
export function typeAttribute(value: Value, name: string): Value | undefined {
  if (value instanceof NamedTuple) return value.field(name);
  return numberAttribute(value, name);
}

/** A method together with its object, as `x.append` without a call gives it. */
export class BoundMethod extends PyObject {
  override readonly pyType = "builtin_function_or_method";
  readonly #self: Value;
  readonly #name: string;
  readonly #method: Method;

  constructor(self: Value, name: string, method: Method) {
    super();
    this.#self = self;
    this.#name = name;
    this.#method = method;
  }

  override call(args: Value[], kwargs: Kwargs): Value {
    return this.#method(this.#self, args, kwargs);
  }

  override repr(): string {
    return `<built-in method ${this.#name} of ${typeName(this.#self)} object>`;
  }

  override equals(other: Value): boolean {
    return other instanceof BoundMethod && other.#name === this.#name && other.#self === this.#self;
  }

  override hashKey(): unknown {
    const self = this.#self;
    return typeof self === "object" ? this : `\0m${this.#name}:${String(hashKey(self))}`;
  }
}
