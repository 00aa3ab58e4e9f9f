import { binary } from "../arithmetic.ts";
import { Signature } from "../arguments.ts";
import { PyType } from "../py-type.ts";
import {
  numberOf,
  PyFloat,
  PyObject,
  raise,
  typeName,
  type BinaryOperator,
  type Kwargs,
  type Value,
} from "../values.ts";

const DAY = 86_400_000_000n;
const SECOND = 1_000_000n;
const LIMIT = 999_999_999n;

/** datetime.timedelta: a number of microseconds. */
export class PyTimeDelta extends PyObject {
  override readonly pyType = "datetime.timedelta";
  readonly micros: bigint;

  constructor(micros: bigint) {
    super();
    this.micros = micros;
    const days = this.days;
    if (days > LIMIT || days < -LIMIT) raise("OverflowError", `days=${days}; must have magnitude <= 999999999`);
  }

  get days(): bigint {
    return floorDiv(this.micros, DAY);
  }

  get seconds(): number {
    return Number((this.micros - this.days * DAY) / SECOND);
  }

  get microseconds(): number {
    return Number((this.micros - this.days * DAY) % SECOND);
  }

  totalSeconds(): number {
    return Number(this.micros) / 1e6;
  }

  override truthy(): boolean {
    return this.micros !== 0n;
  }

  override str(): string {
    const { days, seconds, microseconds } = this;
    const two = (n: number): string => String(n).padStart(2, "0");
    const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const fraction = microseconds === 0 ? "" : `.${String(microseconds).padStart(6, "0")}`;
    return `${days === 0n ? "" : `${days} day${days === 1n || days === -1n ? "" : "s"}, `}${clock}${fraction}`;
  }

  override repr(): string {
    const parts = [
      ["days", Number(this.days)],
      ["seconds", this.seconds],
      ["microseconds", this.microseconds],
    ].filter(([, value]) => value !== 0);
    return `datetime.timedelta(${parts.length === 0 ? "0" : parts.map(([name, value]) => `${name ?? ""}=${value ?? 0}`).join(", ")})`;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "days":
        return Number(this.days);
      case "seconds":
      case "microseconds":
        return this[name];
      case "total_seconds":
        return () => new PyFloat(this.totalSeconds());
      case "__abs__":
        return () => new PyTimeDelta(this.micros < 0n ? -this.micros : this.micros);
      default:
        return STATICS[name];
    }
  }

  override equals(other: Value): boolean {
    return other instanceof PyTimeDelta && other.micros === this.micros;
  }

  override compare(other: Value): number | undefined {
    if (!(other instanceof PyTimeDelta)) return undefined;
    return this.micros < other.micros ? -1 : this.micros > other.micros ? 1 : 0;
  }

  override hashKey(): unknown {
    return `\0d${this.micros}`;
  }

  override unary(op: "-" | "+"): Value {
    return op === "-" ? new PyTimeDelta(-this.micros) : this;
  }

  override binary(op: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof PyTimeDelta) return reflected ? undefined : this.#withDelta(op, other);
    const number = numberOf(other);
    if (number === undefined) return undefined;
    if (op === "*") return new PyTimeDelta(scale(this.micros, number, other instanceof PyFloat));
    if (reflected) return undefined;
    if (op === "/" || (op === "//" && !(other instanceof PyFloat))) return this.#divide(op, number);
    return undefined;
  }

  #withDelta(op: BinaryOperator, other: PyTimeDelta): Value | undefined {
    switch (op) {
      case "+":
        return new PyTimeDelta(this.micros + other.micros);
      case "-":
        return new PyTimeDelta(this.micros - other.micros);
      case "/":
        if (other.micros === 0n) raise("ZeroDivisionError", "division by zero");
        return new PyFloat(Number(this.micros) / Number(other.micros));
      case "//":
        return binary("//", this.micros, other.micros);
      case "%":
        if (other.micros === 0n) raise("ZeroDivisionError", "integer modulo by zero");
        return new PyTimeDelta(this.micros - floorDiv(this.micros, other.micros) * other.micros);
      default:
        return undefined;
    }
  }

  #divide(op: "/" | "//", number: number | bigint): Value {
    if (Number(number) === 0)
      raise("ZeroDivisionError", op === "/" ? "division by zero" : "integer division or modulo by zero");
    if (op === "//") return new PyTimeDelta(floorDiv(this.micros, BigInt(number)));
    return new PyTimeDelta(roundHalfEven(Number(this.micros) / Number(number)));
  }
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function roundHalfEven(value: number): bigint {
  const floor = Math.floor(value);
  const rest = value - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return BigInt(up ? floor + 1 : floor);
}

function scale(unit: bigint, times: number | bigint, isFloat: boolean): bigint {
  if (!isFloat) return unit * BigInt(times);
  const whole = Math.trunc(Number(times));
  return unit * BigInt(whole) + roundHalfEven((Number(times) - whole) * Number(unit));
}

const UNITS: Readonly<Record<string, bigint>> = {
  days: DAY,
  seconds: SECOND,
  microseconds: 1n,
  milliseconds: 1000n,
  minutes: 60n * SECOND,
  hours: 3600n * SECOND,
  weeks: 7n * DAY,
};

const signature = new Signature("__new__", "days? seconds? microseconds? milliseconds? minutes? hours? weeks?");

function create(args: Value[], kwargs: Kwargs): PyTimeDelta {
  const units = Object.entries(UNITS);
  let micros = 0n;
  signature.bind(args, kwargs).forEach((value, i) => {
    const [name, unit] = units[i] ?? ["", 0n];
    if (value === undefined) return;
    const number =
      numberOf(value) ?? raise("TypeError", `unsupported type for timedelta ${name} component: ${typeName(value)}`);
    if (!Number.isFinite(Number(number)))
      raise(Number.isNaN(Number(number)) ? "ValueError" : "OverflowError", "cannot convert float to integer");
    micros += scale(unit, number, value instanceof PyFloat);
  });
  return new PyTimeDelta(micros);
}

const STATICS: Readonly<Record<string, Value>> = Object.assign(Object.create(null) as Record<string, Value>, {
  min: new PyTimeDelta(-LIMIT * DAY),
  max: new PyTimeDelta(LIMIT * DAY + DAY - 1n),
  resolution: new PyTimeDelta(1n),
});

export const timedeltaType = new PyType("datetime.timedelta", create, STATICS);
