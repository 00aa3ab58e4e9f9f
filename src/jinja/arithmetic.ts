import { percentFormat } from "./percent-format.ts";
import { reserve } from "./limits.ts";
import {
  type BinaryOperator,
  numberOf,
  PyDict,
  PyFloat,
  PyObject,
  PySet,
  PyTuple,
  raise,
  textOf,
  tuple,
  typeName,
  type Value,
} from "./values.ts";

type Int = number | bigint;

/** Integers longer than this (in bits) take so long that they only come from runaway templates. */
const MAX_INT_BITS = 4_000_000;

/** Brings a bigint back to number where that is exact. */
export function int(value: bigint): Int {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

function intOf(value: Value): Int | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return typeof value === "boolean" ? (value ? 1 : 0) : undefined;
}

export function bitLength(value: Int): number {
  const big = BigInt(value);
  return big === 0n ? 0 : (big < 0n ? -big : big).toString(16).length * 4;
}

function checkBits(bits: number): void {
  if (bits > MAX_INT_BITS) raise("MemoryError", "integer is too large");
}

/** An int as the nearest double; Python refuses when there is none. */
export function toDouble(value: Int): number {
  const double = Number(value);
  if (!Number.isFinite(double) && typeof value === "bigint")
    raise("OverflowError", "int too large to convert to float");
  return double;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function floorModulo(a: bigint, b: bigint): bigint {
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

function floatModulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/** True division of integers, correctly rounded also where an operand is beyond a double. */
function divideInts(a: Int, b: Int): Value {
  if (b === 0) raise("ZeroDivisionError", "division by zero");
  if (typeof a === "number" && typeof b === "number") return new PyFloat(a / b);
  const [x, y] = [BigInt(a), BigInt(b)];
  const [size, by] = [x < 0n ? -x : x, y < 0n ? -y : y];
  // A quotient of at least 66 bits with a sticky last bit rounds to the right double.
  const shift = Math.max(0, 66 + bitLength(by) - bitLength(size));
  const scaled = size << BigInt(shift);
  const quotient = scaled / by;
  const double = Number(scaled % by === 0n ? quotient : quotient | 1n) * 2 ** -shift;
  if (!Number.isFinite(double)) raise("OverflowError", "integer division result too large for a float");
  return new PyFloat(x < 0n !== y < 0n ? -double : double);
}

function powInts(a: Int, b: Int): Value {
  if (b < 0) {
    if (a === 0) raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
    return powFloats(toDouble(a), toDouble(b));
  }
  const small = typeof a === "number" && typeof b === "number" ? a ** b : Number.NaN;
  if (Number.isSafeInteger(small)) return small;
  if (a !== 1 && a !== -1 && a !== 0) checkBits(bitLength(a) * Number(b));
  return int(BigInt(a) ** BigInt(b));
}

function powFloats(a: number, b: number): Value {
  if (a === 0 && b < 0) raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  if (a === 1 || b === 0) return new PyFloat(1);
  const result = a ** b;
  if (Number.isNaN(result) && !Number.isNaN(a) && !Number.isNaN(b)) {
    // Python answers with a complex number, which templates have no use for.
    if (a === -1 && !Number.isFinite(b)) return new PyFloat(1);
    raise("ValueError", "negative number cannot be raised to a fractional power");
  }
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
    raise("OverflowError", "(34, 'Numerical result out of range')");
  return new PyFloat(result);
}

function intOperation(op: BinaryOperator, a: Int, b: Int): Value | undefined {
  switch (op) {
    case "/":
      return divideInts(a, b);
    case "**":
      return powInts(a, b);
    case "//":
    case "%":
      return divmodInts(op, a, b);
    case "*":
      if (typeof a === "bigint" || typeof b === "bigint") checkBits(bitLength(a) + bitLength(b));
      return int(BigInt(a) * BigInt(b));
    case "+":
      return int(BigInt(a) + BigInt(b));
    case "-":
      return int(BigInt(a) - BigInt(b));
    case "&":
      return int(BigInt(a) & BigInt(b));
    case "|":
      return int(BigInt(a) | BigInt(b));
    case "^":
      return int(BigInt(a) ^ BigInt(b));
  }
}

function divmodInts(op: "//" | "%", a: Int, b: Int): Value {
  if (b === 0)
    raise("ZeroDivisionError", op === "//" ? "integer division or modulo by zero" : "integer modulo by zero");
  return int(op === "//" ? floorDivide(BigInt(a), BigInt(b)) : floorModulo(BigInt(a), BigInt(b)));
}

function floatOperation(op: BinaryOperator, a: number, b: number): Value | undefined {
  switch (op) {
    case "+":
      return new PyFloat(a + b);
    case "-":
      return new PyFloat(a - b);
    case "*":
      return new PyFloat(a * b);
    case "/":
      if (b === 0) raise("ZeroDivisionError", "float division by zero");
      return new PyFloat(a / b);
    case "//":
      if (b === 0) raise("ZeroDivisionError", "float floor division by zero");
      return new PyFloat(floatFloorDivide(a, b));
    case "%":
      if (b === 0) raise("ZeroDivisionError", "float modulo");
      return new PyFloat(floatModulo(a, b));
    case "**":
      return powFloats(a, b);
    default:
      return undefined;
  }
}

/** In the steps of CPython, whose rounding shows in large quotients. */
function floatFloorDivide(a: number, b: number): number {
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && rest < 0 !== b < 0) quotient -= 1;
  if (quotient === 0) return a < 0 !== b < 0 ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function numeric(op: BinaryOperator, a: Value, b: Value): Value | undefined {
  const left = intOf(a);
  const right = intOf(b);
  if (left !== undefined && right !== undefined) {
    const result = intOperation(op, left, right);
    return (op === "&" || op === "|" || op === "^") && typeof a === "boolean" && typeof b === "boolean"
      ? result === 1
      : result;
  }
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined || op === "&" || op === "|" || op === "^") return undefined;
  return floatOperation(op, toDouble(x), toDouble(y));
}

export function repeatText(text: string, times: Int): string {
  if (times <= 0 || text === "") return "";
  reserve(text.length * Number(times));
  return text.repeat(Number(times));
}

function repeatList(items: Value[], times: Int): Value[] {
  const result: Value[] = items instanceof PyTuple ? new PyTuple() : [];
  if (times <= 0 || items.length === 0) return result;
  // A list entry takes about as much room as eight characters.
  reserve(items.length * Number(times) * 8);
  for (let i = 0; i < times; i++) for (const item of items) result.push(item);
  return result;
}

function sequenceTimes(sequence: Value, other: Value): Value | undefined {
  const isText = typeof sequence === "string";
  if (!isText && !Array.isArray(sequence)) return undefined;
  const times = intOf(other);
  if (times === undefined) return raise("TypeError", `can't multiply sequence by non-int of type '${typeName(other)}'`);
  if (typeof times === "bigint" && times >= 2n ** 63n)
    raise("OverflowError", "cannot fit 'int' into an index-sized integer");
  return isText ? repeatText(sequence, times) : repeatList(sequence, times);
}

function joinSequences(a: Value, b: Value): Value | undefined {
  if (typeof a === "string") {
    const text = textOf(b);
    if (text === undefined) return raise("TypeError", `can only concatenate str (not "${typeName(b)}") to str`);
    reserve(Math.max(a.length, text.length) === 0 ? 0 : a.length + text.length);
    return a + text;
  }
  if (!Array.isArray(a)) return undefined;
  if (!Array.isArray(b) || a instanceof PyTuple !== b instanceof PyTuple) {
    const type = typeName(a);
    return raise("TypeError", `can only concatenate ${type} (not "${typeName(b)}") to ${type}`);
  }
  reserve((a.length + b.length) * 8);
  const joined = a.concat(b);
  return a instanceof PyTuple ? tuple(joined) : joined;
}

function setOperation(op: BinaryOperator, a: PySet, b: PySet): Value | undefined {
  const only = (one: PySet, other: PySet): Value[] => [...one].filter((item) => !other.has(item));
  switch (op) {
    case "-":
      return new PySet(only(a, b), a.frozen);
    case "|":
      return new PySet([...a, ...b], a.frozen);
    case "&":
      return new PySet(
        [...a].filter((item) => b.has(item)),
        a.frozen,
      );
    case "^":
      return new PySet([...only(a, b), ...only(b, a)], a.frozen);
    default:
      return undefined;
  }
}

function otherTypes(op: BinaryOperator, a: Value, b: Value): Value | undefined {
  if (a instanceof PySet && b instanceof PySet) return setOperation(op, a, b);
  if (op === "|" && a instanceof PyDict && b instanceof PyDict)
    return PyDict.fromEntries([...a.entries(), ...b.entries()]);
  if (op === "%" && typeof a === "string") return percentFormat(a, b);
  if (op === "+") return joinSequences(a, b);
  return op === "*" ? (sequenceTimes(a, b) ?? sequenceTimes(b, a)) : undefined;
}

function unsupported(op: BinaryOperator, a: Value, b: Value): never {
  const shown = op === "**" ? "** or pow()" : op;
  return raise("TypeError", `unsupported operand type(s) for ${shown}: '${typeName(a)}' and '${typeName(b)}'`);
}

/** a op b for every operator and type. */
export function binary(op: BinaryOperator, a: Value, b: Value): Value {
  if (op === "%" && typeof a === "string") return percentFormat(a, b);
  if (a instanceof PyObject) {
    const result = a.binary(op, b, false);
    if (result !== undefined) return result;
    const text = textOf(a);
    if (text !== undefined) return binary(op, text, b);
  }
  if (b instanceof PyObject) {
    const result = b.binary(op, a, true);
    if (result !== undefined) return result;
    const text = textOf(b);
    if (text !== undefined) return binary(op, a, text);
  }
  return numeric(op, a, b) ?? otherTypes(op, a, b) ?? unsupported(op, a, b);
}

export function add(a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return binary("+", a, b);
}

export function subtract(a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return binary("-", a, b);
}

export function multiply(a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  return binary("*", a, b);
}

/** -a and +a */
export function unary(op: "-" | "+", a: Value): Value {
  const whole = intOf(a);
  if (whole !== undefined) {
    if (op === "+") return whole;
    return typeof whole === "bigint" ? int(-whole) : whole === 0 ? 0 : -whole;
  }
  if (a instanceof PyFloat) return op === "+" ? a : new PyFloat(-a.value);
  if (a instanceof PyObject) {
    const result = a.unary(op);
    if (result !== undefined) return result;
  }
  return raise("TypeError", `bad operand type for unary ${op}: '${typeName(a)}'`);
}
