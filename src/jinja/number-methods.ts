import { expectArgs } from "./arguments.ts";
import type { Method } from "./method.ts";
import { PyFloat, raise, tuple, type Value } from "./values.ts";

function noArguments(type: string, name: string, run: (self: Value) => Value): [string, Method] {
  return [
    name,
    (self, args, kwargs) => {
      expectArgs(type, name, args, kwargs, 0, 0);
      return run(self);
    },
  ];
}

function big(self: Value): bigint {
  return BigInt(self as number | bigint | boolean);
}

function exactBits(value: bigint): number {
  const positive = value < 0n ? -value : value;
  return positive === 0n ? 0 : positive.toString(2).length;
}

function floatRatio(self: Value): Value {
  const { value } = self as PyFloat;
  if (!Number.isFinite(value))
    raise(Number.isNaN(value) ? "ValueError" : "OverflowError", "cannot convert to integer ratio");
  let denominator = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return tuple([asInt(BigInt(scaled)), asInt(denominator)]);
}

function asInt(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

export const intMethods: ReadonlyMap<string, Method> = new Map([
  noArguments("int", "bit_length", (self) => exactBits(big(self))),
  noArguments("int", "bit_count", (self) => big(self).toString(2).replace(/[^1]/g, "").length),
  noArguments("int", "conjugate", (self) => asInt(big(self))),
  noArguments("int", "as_integer_ratio", (self) => tuple([asInt(big(self)), 1])),
]);

export const floatMethods: ReadonlyMap<string, Method> = new Map([
  noArguments("float", "is_integer", (self) => Number.isInteger((self as PyFloat).value)),
  noArguments("float", "conjugate", (self) => self),
  noArguments("float", "as_integer_ratio", floatRatio),
]);

/** Attributes of numbers that are no methods. */
export function numberAttribute(value: Value, name: string): Value | undefined {
  if (value instanceof PyFloat) return name === "real" ? value : name === "imag" ? new PyFloat(0) : undefined;
  if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "boolean") return undefined;
  switch (name) {
    case "real":
    case "numerator":
      return typeof value === "boolean" ? Number(value) : value;
    case "imag":
      return 0;
    case "denominator":
      return 1;
    default:
      return undefined;
  }
}
