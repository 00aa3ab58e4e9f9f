import { fixedText } from "../float-format.ts";
import { reserve } from "../limits.ts";
import { formatValue } from "../format-spec.ts";
import { hashKey, numberOf, PyFloat, PyObject, pyStr, raise, type BinaryOperator, type Value } from "../values.ts";

const PRECISION = 28;
/** Scale of a number that no database column exceeds; keeps alignment of two decimals cheap. */
const MAX_SCALE = 10_000;

function pow10(n: number): bigint {
  return 10n ** BigInt(n);
}

/** decimal.Decimal: an integer and the number of its decimal places. Prints its trailing zeros. */
export class PyDecimal extends PyObject {
  override readonly pyType = "decimal.Decimal";
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    super();
    if (scale > MAX_SCALE || scale < -MAX_SCALE) raise("Overflow", "[<class 'decimal.Overflow'>]");
    this.unscaled = unscaled;
    this.scale = scale;
  }

  static parse(text: string): PyDecimal {
    const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text);
    const digits = (match?.[2] ?? "") + (match?.[3] ?? "");
    if (match === null || digits === "") return raise("InvalidOperation", "[<class 'decimal.ConversionSyntax'>]");
    const value = BigInt(digits);
    return new PyDecimal(match[1] === "-" ? -value : value, (match[3] ?? "").length - Number(match[4] ?? 0));
  }

  toNumber(): number {
    return Number(this.str());
  }

  override truthy(): boolean {
    return this.unscaled !== 0n;
  }

  override str(): string {
    const negative = this.unscaled < 0n;
    const digits = (negative ? -this.unscaled : this.unscaled).toString();
    const sign = negative ? "-" : "";
    const exponent = digits.length - 1 - this.scale;
    if (this.scale < 0 || exponent < -6) {
      const mantissa = digits.length > 1 ? `${digits.charAt(0)}.${digits.slice(1)}` : digits;
      return `${sign}${mantissa}E${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
    }
    if (this.scale === 0) return sign + digits;
    const padded = digits.padStart(this.scale + 1, "0");
    return `${sign}${padded.slice(0, -this.scale)}.${padded.slice(-this.scale)}`;
  }

  override repr(): string {
    return `Decimal('${this.str()}')`;
  }

  /** The integer part, cut towards zero. */
  truncate(): bigint {
    return this.scale <= 0 ? this.unscaled * pow10(-this.scale) : this.unscaled / pow10(this.scale);
  }

  #order(other: Value): number | undefined {
    const decimal = toDecimal(other);
    if (decimal === undefined) {
      if (!(other instanceof PyFloat)) return undefined;
      return this.toNumber() - other.value;
    }
    const [a, b] = aligned(this, decimal);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  override equals(other: Value): boolean {
    return this.#order(other) === 0;
  }

  override compare(other: Value): number | undefined {
    return this.#order(other);
  }

  override hashKey(): unknown {
    const whole = this.truncate();
    const [a, b] = aligned(this, new PyDecimal(whole, 0));
    if (a === b) return hashKey(Number.isSafeInteger(Number(whole)) ? Number(whole) : whole);
    return this.toNumber();
  }

  override unary(op: "-" | "+"): Value {
    return op === "-" ? new PyDecimal(-this.unscaled, this.scale) : this;
  }

  override binary(op: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    const operand = toDecimal(other);
    if (operand === undefined) return undefined;
    return reflected ? decimalOperation(op, operand, this) : decimalOperation(op, this, operand);
  }

  #quantize(places: number): PyDecimal {
    if (this.scale <= places) return new PyDecimal(this.unscaled * pow10(places - this.scale), places);
    return new PyDecimal(divideHalfEven(this.unscaled, pow10(this.scale - places)), places);
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "__float__":
        return () => new PyFloat(this.toNumber());
      case "__int__":
        return () => int(this.truncate());
      case "__abs__":
        return () => new PyDecimal(this.unscaled < 0n ? -this.unscaled : this.unscaled, this.scale);
      case "__round__":
        return (args) => this.#round(args[0]);
      case "__format__":
        return (args) => this.#format(pyStr(args[0] ?? ""));
      case "quantize":
        return (args) => this.#quantize(toDecimal(args[0] ?? null)?.scale ?? 0);
      case "normalize":
        return () => normalized(this);
      case "is_zero":
        return () => this.unscaled === 0n;
      case "is_nan":
      case "is_infinite":
        return () => false;
      case "real":
        return this;
      default:
        return undefined;
    }
  }

  #round(digits: Value | undefined): Value {
    if (typeof digits !== "number") return int(this.#quantize(0).unscaled);
    return this.#quantize(digits);
  }

  #format(spec: string): string {
    if (spec === "" || spec === "f") return spec === "" ? this.str() : this.#plain();
    const places = /\.(\d+)f$/.exec(spec);
    const decimal = places === null ? this : this.#quantize(Number(places[1]));
    const text = decimal.#plain();
    const grouping = /[,_]/.exec(spec)?.[0];
    const [whole = "", fraction] = text.split(".");
    const grouped = grouping === undefined ? whole : whole.replace(/\B(?=(\d{3})+$)/g, grouping);
    const body = fraction === undefined ? grouped : `${grouped}.${fraction}`;
    return formatValue(body, spec.replace(/[,_]?(?:\.\d+)?[a-zA-Z]?$/, "").replace(/^(?=\d)/, ">"));
  }

  #plain(): string {
    return this.scale < 0 ? this.truncate().toString() : new PyDecimal(this.unscaled, this.scale).#fixed();
  }

  #fixed(): string {
    const text = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, "0");
    const sign = this.unscaled < 0n ? "-" : "";
    return this.scale === 0 ? sign + text : `${sign}${text.slice(0, -this.scale)}.${text.slice(-this.scale)}`;
  }
}

function int(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

export function toDecimal(value: Value): PyDecimal | undefined {
  if (value instanceof PyDecimal) return value;
  const number = value instanceof PyFloat ? undefined : numberOf(value);
  return number === undefined ? undefined : new PyDecimal(BigInt(number), 0);
}

/** A float as a decimal with the digits the float prints. */
export function decimalOfFloat(value: number, places: number): PyDecimal {
  return PyDecimal.parse(value < 0 ? `-${fixedText(-value, places)}` : fixedText(value, places));
}

function aligned(a: PyDecimal, b: PyDecimal): [bigint, bigint] {
  const scale = Math.max(a.scale, b.scale);
  return [a.unscaled * pow10(scale - a.scale), b.unscaled * pow10(scale - b.scale)];
}

function divideHalfEven(value: bigint, by: bigint): bigint {
  const negative = value < 0n;
  const size = negative ? -value : value;
  const quotient = size / by;
  const twice = (size % by) * 2n;
  const rounded = twice > by || (twice === by && quotient % 2n === 1n) ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/** Python computes with 28 digits. */
function limited(decimal: PyDecimal): PyDecimal {
  const digits = decimal.unscaled.toString().replace("-", "").length;
  if (digits <= PRECISION) return decimal;
  const cut = digits - PRECISION;
  return new PyDecimal(divideHalfEven(decimal.unscaled, pow10(cut)), decimal.scale - cut);
}

function normalized(decimal: PyDecimal): PyDecimal {
  let { unscaled, scale } = decimal;
  if (unscaled === 0n) return new PyDecimal(0n, 0);
  while (unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale--;
  }
  return new PyDecimal(unscaled, scale);
}

function divide(a: PyDecimal, b: PyDecimal): PyDecimal {
  if (b.unscaled === 0n)
    raise(
      a.unscaled === 0n ? "InvalidOperation" : "DivisionByZero",
      a.unscaled === 0n ? "[<class 'decimal.DivisionUndefined'>]" : "[<class 'decimal.DivisionByZero'>]",
    );
  const shift = Math.max(0, PRECISION + b.unscaled.toString().length - a.unscaled.toString().length + 1);
  reserve(shift);
  const numerator = a.unscaled * pow10(shift);
  const scale = a.scale - b.scale + shift;
  const quotient = numerator / b.unscaled;
  const exact = quotient * b.unscaled === numerator;
  // An exact quotient drops the zeros that only the shift added.
  if (exact) return trimTo(limited(new PyDecimal(quotient, scale)), a.scale - b.scale);
  // A sticky digit behind the cut makes the one rounding to 28 digits right.
  const negative = a.unscaled < 0n !== b.unscaled < 0n;
  return limited(new PyDecimal(quotient * 10n + (negative ? -1n : 1n), scale + 1));
}

function trimTo(decimal: PyDecimal, scale: number): PyDecimal {
  let { unscaled, scale: places } = decimal;
  while (places > scale && unscaled % 10n === 0n) {
    unscaled /= 10n;
    places--;
  }
  return new PyDecimal(unscaled, places);
}

function decimalOperation(op: BinaryOperator, a: PyDecimal, b: PyDecimal): Value | undefined {
  const [x, y] = aligned(a, b);
  const scale = Math.max(a.scale, b.scale);
  switch (op) {
    case "+":
      return limited(new PyDecimal(x + y, scale));
    case "-":
      return limited(new PyDecimal(x - y, scale));
    case "*":
      return limited(new PyDecimal(a.unscaled * b.unscaled, a.scale + b.scale));
    case "/":
      return divide(a, b);
    case "//":
      if (y === 0n) raise("DivisionByZero", "[<class 'decimal.DivisionByZero'>]");
      return new PyDecimal(x / y, 0);
    case "%":
      if (y === 0n) raise("InvalidOperation", "[<class 'decimal.InvalidOperation'>]");
      return new PyDecimal(x % y, scale);
    case "**":
      if (b.scale !== 0 || b.unscaled < 0n || b.unscaled > 10_000n)
        return decimalOfFloat(a.toNumber() ** b.toNumber(), 15);
      return limited(new PyDecimal(a.unscaled ** b.unscaled, a.scale * Number(b.unscaled)));
    default:
      return undefined;
  }
}
